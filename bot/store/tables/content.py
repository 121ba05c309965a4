"""What was said to customers: which words, where their links lead, and who looked."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table

from bot.store.tables.meta import METADATA
from bot.store.types import UTCDateTime

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

#: Where a tracked link leads; our addresses name it and never say it themselves.
content_links = Table(
    "content_links",
    METADATA,
    #: Made of the address: the same one has the same id.
    Column("id", String, primary_key=True),
    #: Sealed: an address may hold what is a customer's own.
    Column("url", LargeBinary, nullable=False),
    Column("first_at", UTCDateTime, nullable=False),
)

#: In which words a touch was said.
touch_texts = Table(
    "touch_texts",
    METADATA,
    Column("touch_id", String, primary_key=True),
    Column("content", String, nullable=False),
    Column("channel", String, nullable=False),
    #: Names the words of the version as they stood in the file.
    Column("version", String, nullable=False),
    #: SMS: as how many it was reckoned, and as how many the provider says it was; 0 elsewhere.
    Column("pieces", Integer, nullable=False),
    Column("billed", Integer),
    #: Where it went, as a key of a lead; without one if only a span of his led there.
    Column("key_kind", String),
    Column("key_digest", String),
    Column("at", UTCDateTime, nullable=False),
)

#: Each time a message's picture or link was asked for, by a person or by a machine; append-only.
touch_events = Table(
    "touch_events",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("touch_id", String, nullable=False),
    #: open or click.
    Column("kind", String, nullable=False),
    #: Of a click: see content_links.
    Column("link_id", String, nullable=False),
    #: human, proxy (a provider fetches pictures for its readers), machine; waiting until it is judged.
    Column("by", String, nullable=False),
    #: Why it is taken for a machine; empty for a person.
    Column("why", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_touch_events_touch", touch_events.c.touch_id, touch_events.c.at)
