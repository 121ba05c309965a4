"""Other systems: what we tell them (webhooks), and what they may ask of us (REST)."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from bot.store.tables.meta import METADATA
from bot.store.types import Json, UTCDateTime

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

#: One event, told to each endpoint that wants it.
webhook_messages = Table(
    "webhook_messages",
    METADATA,
    #: `webhook-id`: the receiver knows a repeat by it.
    Column("id", String, primary_key=True),
    Column("type", String, nullable=False),
    Column("lead_id", String),
    #: Sealed: the very bytes that are signed and sent.
    Column("body", LargeBinary, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_webhook_messages_lead", webhook_messages.c.lead_id)

#: One message on its way to one endpoint; a replay by hand is another round.
webhook_deliveries = Table(
    "webhook_deliveries",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("message_id", String, nullable=False),
    Column("endpoint", String, nullable=False),
    Column("round", Integer, nullable=False),
    #: pending, sending, sent, failed (all tries used), skipped (endpoint gone or disabled).
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("lease_until", UTCDateTime),
    #: Grows with each lease; what an older one learned no longer counts.
    Column("fence", Integer, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("done_at", UTCDateTime),
    UniqueConstraint("message_id", "endpoint", "round"),
)
Index("ix_webhook_deliveries_open", webhook_deliveries.c.due_at, webhook_deliveries.c.id,
      sqlite_where=webhook_deliveries.c.state.in_(["pending", "sending"]),
      postgresql_where=webhook_deliveries.c.state.in_(["pending", "sending"]))  # fmt: skip

#: Every try, also those that nobody answered.
webhook_attempts = Table(
    "webhook_attempts",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("delivery_id", _NUMBER, nullable=False),
    Column("n", Integer, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    #: accepted, refused, slow_down, gone, unreachable, unsafe.
    Column("outcome", String, nullable=False),
    Column("status", Integer),
    Column("reason", String, nullable=False),
)
Index("ix_webhook_attempts_delivery", webhook_attempts.c.delivery_id)

#: What an endpoint told us of itself; forgotten when its address changes.
webhook_endpoints = Table(
    "webhook_endpoints",
    METADATA,
    Column("endpoint", String, primary_key=True),
    Column("url_digest", String, nullable=False),
    #: It answered 410: nothing more goes there.
    Column("disabled_at", UTCDateTime),
    #: It answered 429: nothing goes there until then.
    Column("slow_until", UTCDateTime),
)

#: Keys for the REST API beside the one of the environment; only their hashes are kept.
api_keys = Table(
    "api_keys",
    METADATA,
    Column("id", String, primary_key=True),
    Column("digest", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("scopes", Json, nullable=False),
    #: In whose view alone it asks for numbers; empty if each request names somebody.
    Column("person", String, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("revoked_at", UTCDateTime),
)

#: What a request of this Idempotency-Key led to.
api_requests = Table(
    "api_requests",
    METADATA,
    Column("key", String, primary_key=True),
    Column("digest", String, nullable=False),
    Column("status", Integer, nullable=False),
    Column("lead_id", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
