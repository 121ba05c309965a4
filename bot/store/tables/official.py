"""People of our 公众号 and 小程序 before we know who they are, and what went to many followers at once."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table

from bot.store.tables.meta import METADATA
from bot.store.types import Json, UTCDateTime

#: Who uses the mini-program.
mini_program_users = Table(
    "mini_program_users",
    METADATA,
    Column("open_id", String, primary_key=True),
    Column("union_id", String),
    Column("lead_id", String),
    Column("seen_at", UTCDateTime, nullable=False),
    #: The platform says that there is no such user any more.
    Column("lost_at", UTCDateTime),
)
Index("ix_mini_program_users_lead", mini_program_users.c.lead_id)
Index("ix_mini_program_users_union", mini_program_users.c.union_id)

#: Spans and permissions that somebody gave before he was a lead; they become his when he is.
unclaimed_permissions = Table(
    "unclaimed_permissions",
    METADATA,
    Column("id", String, primary_key=True),
    Column("channel", String, nullable=False),
    Column("account", String, nullable=False),
    Column("open_id", String, nullable=False),
    #: Of a span: what opened it, as in touch_windows; `grant` for a permission.
    Column("kind", String, nullable=False),
    #: The platform's template; empty for a span.
    Column("template", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index(
    "ix_unclaimed_permissions_who",
    unclaimed_permissions.c.channel,
    unclaimed_permissions.c.account,
    unclaimed_permissions.c.open_id,
)
Index("ix_unclaimed_permissions_at", unclaimed_permissions.c.at)

#: Of whom the platform is to tell by which id across apps it knows him.
union_id_lookups = Table(
    "union_id_lookups",
    METADATA,
    Column("channel", String, primary_key=True),
    Column("account", String, primary_key=True),
    Column("open_id", String, primary_key=True),
    Column("due_at", UTCDateTime, nullable=False),
    Column("tries", Integer, nullable=False),
)
Index("ix_union_id_lookups_due", union_id_lookups.c.due_at)

#: One message to many followers, as the platform numbers it.
mass_sends = Table(
    "mass_sends",
    METADATA,
    Column("account", String, primary_key=True),
    Column("message_id", String, primary_key=True),
    #: Ids of the touches in it.
    Column("touches", Json, nullable=False),
    Column("sent_at", UTCDateTime, nullable=False),
    #: The platform's own word; empty until it told.
    Column("status", String, nullable=False),
    Column("total", Integer, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("ended_at", UTCDateTime),
)
