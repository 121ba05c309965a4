"""Messages that a colleague is asked to send to many (企业群发), and the desks of 微信客服."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from bot.store.tables.meta import METADATA
from bot.store.types import UTCDateTime

#: One task for one colleague: the same words to some of his customers, with one tap.
group_messages = Table(
    "group_messages",
    METADATA,
    Column("id", String, primary_key=True),
    #: What may still join it: one colleague, content, words and day. Empty once it is closed.
    Column("gathers", String, unique=True),
    Column("user_id", String, nullable=False),
    #: The colleague's id on the platform.
    Column("account", String, nullable=False),
    Column("content", String, nullable=False),
    #: Sealed.
    Column("text", LargeBinary, nullable=False),
    #: gathering, sending, lost, asked; sent, refused, declined, expired, unknown, withdrawn.
    Column("state", String, nullable=False),
    #: The platform's word, or how it ended.
    Column("reason", String, nullable=False),
    Column("opened_at", UTCDateTime, nullable=False),
    #: The next thing to do with it; null once nothing is left.
    Column("due_at", UTCDateTime),
    #: Grows with each lease, as with `touch_plans`.
    Column("fence", Integer, nullable=False),
    #: When the call that made the task began: where to look for it if its answer was lost.
    Column("began_at", UTCDateTime),
    Column("tries", Integer, nullable=False),
    #: The platform's id of the task; empty until it is known.
    Column("provider_id", String, nullable=False),
    Column("asked_at", UTCDateTime),
    Column("reminders", Integer, nullable=False),
    Column("reminded_at", UTCDateTime),
    #: How often its results were asked for.
    Column("looks", Integer, nullable=False),
    Column("ended_at", UTCDateTime),
)
Index("ix_group_messages_due", group_messages.c.due_at,
      sqlite_where=group_messages.c.due_at.is_not(None),
      postgresql_where=group_messages.c.due_at.is_not(None))  # fmt: skip
Index("ix_group_messages_provider", group_messages.c.provider_id)
Index("ix_group_messages_user", group_messages.c.user_id, group_messages.c.opened_at)

#: Who is in it, each for one touch.
group_message_members = Table(
    "group_message_members",
    METADATA,
    Column("touch_id", String, primary_key=True),
    Column("group_id", String, nullable=False),
    Column("lead_id", String, nullable=False),
    #: Sealed, and its blind index: his id on the platform.
    Column("address", LargeBinary, nullable=False),
    Column("digest", String, nullable=False),
    Column("joined_at", UTCDateTime, nullable=False),
    #: waiting; sent, refused, left_out, withdrawn, expired, declined, unknown.
    Column("state", String, nullable=False),
)
Index("ix_group_message_members_group", group_message_members.c.group_id, group_message_members.c.state)

#: How far the messages of each account of 微信客服 were read.
service_accounts = Table(
    "service_accounts",
    METADATA,
    Column("platform", String, primary_key=True),
    #: OpenKfId.
    Column("account", String, primary_key=True),
    #: Moves in the unit that takes the messages.
    Column("cursor", String, nullable=False),
    #: Sealed: the last token that the platform told; good for ten minutes.
    Column("token", LargeBinary),
    #: There is something as long as more was told than taken.
    Column("told", BigInteger, nullable=False),
    Column("taken", BigInteger, nullable=False),
    Column("told_at", UTCDateTime),
    Column("looked_at", UTCDateTime),
    #: What was wrong at the last look; empty when nothing was.
    Column("trouble", String, nullable=False),
)

#: Who attends to a customer there: the platform's assistant (us), or a colleague.
service_sessions = Table(
    "service_sessions",
    METADATA,
    Column("id", String, primary_key=True),
    Column("platform", String, nullable=False),
    Column("account", String, nullable=False),
    #: Blind index and sealed: the customer's id on the platform.
    Column("digest", String, nullable=False),
    Column("address", LargeBinary, nullable=False),
    Column("lead_id", String, nullable=False),
    #: The colleague's id on the platform who has it; empty for us.
    Column("servicer", String, nullable=False),
    #: To whom it is to be given; empty if nobody asked.
    Column("wanted", String, nullable=False),
    Column("wanted_at", UTCDateTime),
    Column("spoke_at", UTCDateTime, nullable=False),
    UniqueConstraint("platform", "account", "digest"),
)
Index("ix_service_sessions_lead", service_sessions.c.lead_id, service_sessions.c.spoke_at)
Index("ix_service_sessions_wanted", service_sessions.c.wanted_at,
      sqlite_where=service_sessions.c.wanted_at.is_not(None),
      postgresql_where=service_sessions.c.wanted_at.is_not(None))  # fmt: skip
