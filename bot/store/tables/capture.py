"""Other doors than our own forms: what came in by them, how far a mailbox was read, codes, followers."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from bot.store.tables.meta import METADATA
from bot.store.types import Json, UTCDateTime

#: Every push of a form tool or ad platform and every mail that was looked at, taken or not.
arrivals = Table(
    "arrivals",
    METADATA,
    Column("id", String, primary_key=True),
    #: The connector's name, or `mailbox`.
    Column("door", String, nullable=False),
    #: Blind index of what names it there: the platform's own number of the lead, the Message-ID.
    Column("key", String, nullable=False),
    #: taken, failed (waits for a mended map), skipped (never a lead).
    Column("state", String, nullable=False),
    #: Why it failed or was skipped; empty when taken.
    Column("reason", String, nullable=False),
    #: Their form; empty where they have none.
    Column("form", String, nullable=False),
    #: Blind index of who sent it, where one sender could send too much (mail).
    Column("sender", String, nullable=False),
    Column("lead_id", String),
    Column("submission_id", String),
    #: Sealed, as it came; dropped after some days.
    Column("body", LargeBinary),
    Column("received_at", UTCDateTime, nullable=False),
    Column("settled_at", UTCDateTime, nullable=False),
)
Index("ix_arrivals_key", arrivals.c.door, arrivals.c.key, unique=True)
Index("ix_arrivals_state", arrivals.c.door, arrivals.c.state, arrivals.c.received_at)
Index("ix_arrivals_sender", arrivals.c.sender, arrivals.c.received_at)
Index(
    "ix_arrivals_sealed",
    arrivals.c.received_at,
    sqlite_where=arrivals.c.body.is_not(None),
    postgresql_where=arrivals.c.body.is_not(None),
)

#: How far a mailbox was read; moves in the unit that takes the mail.
mailbox_positions = Table(
    "mailbox_positions",
    METADATA,
    Column("mailbox", String, primary_key=True),
    Column("validity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
    Column("looked_at", UTCDateTime, nullable=False),
    #: What was wrong at the last look; empty when nothing was.
    Column("trouble", String, nullable=False),
)

#: Codes and links that hang somewhere for long (活码, 获客链接), by the word that comes back with a customer.
standing_ways = Table(
    "standing_ways",
    METADATA,
    Column("state", String, primary_key=True),
    Column("platform", String, nullable=False),
    #: As in config/contact_ways.yaml.
    Column("name", String, nullable=False),
    #: code, link or scene.
    Column("kind", String, nullable=False),
    #: As the file had it last: a code on a wall outlives its line there.
    Column("source", String, nullable=False),
    Column("campaign", String, nullable=False),
    Column("user_ids", Json, nullable=False),
    #: Grows with each change of the people behind it.
    Column("version", Integer, nullable=False),
    #: The platform's own id and the address of the picture or link; null until it was made.
    Column("config_id", String),
    Column("url", String),
    Column("created_at", UTCDateTime, nullable=False),
)
Index(
    "ix_standing_ways_name",
    standing_ways.c.platform,
    standing_ways.c.name,
    standing_ways.c.kind,
    unique=True,
)

#: Who follows an official account of ours, and by which code he came.
followers = Table(
    "followers",
    METADATA,
    Column("account", String, primary_key=True),
    Column("open_id", String, primary_key=True),
    Column("union_id", String),
    Column("lead_id", String),
    #: The word of the code by which he came first.
    Column("scene", String, nullable=False),
    Column("followed_at", UTCDateTime),
    Column("left_at", UTCDateTime),
    Column("seen_at", UTCDateTime, nullable=False),
)
Index("ix_followers_lead", followers.c.lead_id)
Index("ix_followers_union", followers.c.union_id)
