"""What comes to people by itself: who gets what when, what was sent, and the reports of a day."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Date, Index, LargeBinary, String, Table

from bot.store.tables.meta import METADATA
from bot.store.types import UTCDateTime

subscriptions = Table(
    "subscriptions",
    METADATA,
    #: `S3`: people say it.
    Column("id", String, primary_key=True),
    Column("user_id", String, nullable=False),
    #: question, or what config/digests.yaml gives: morning, day_report, daily, weekly, monthly, alert.
    Column("kind", String, nullable=False),
    #: Its key there; null for a question of his own.
    Column("standard", String),
    #: As he asked it: asked again each time.
    Column("question", String, nullable=False),
    #: How it was understood when he asked for it.
    Column("reading", String, nullable=False),
    #: As `Cadence.spell` writes it.
    Column("cadence", String, nullable=False),
    #: He chose the time himself: the configuration does not move it.
    Column("own_time", Boolean, nullable=False),
    #: `platform:group`; empty for himself.
    Column("chat", String, nullable=False),
    #: active, stopped (by him), ended (no longer his to get).
    Column("state", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("paused_until", UTCDateTime),
    Column("next_at", UTCDateTime, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("changed_at", UTCDateTime, nullable=False),
)
Index("ix_subscriptions_due", subscriptions.c.state, subscriptions.c.next_at)
Index("ix_subscriptions_user", subscriptions.c.user_id, subscriptions.c.state)
Index("uq_subscriptions_standard", subscriptions.c.user_id, subscriptions.c.standard, unique=True)

#: Each occasion of each of them once: what became of it.
digest_sendings = Table(
    "digest_sendings",
    METADATA,
    Column("subscription_id", String, primary_key=True),
    #: Local time at which it was due: `2026-11-23T09:00`.
    Column("occasion", String, primary_key=True),
    #: sent, skipped.
    Column("state", String, nullable=False),
    #: Why it was skipped; of one that was sent, `late` if it came after its time.
    Column("reason", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_digest_sendings_at", digest_sendings.c.at)

#: A rep's report of one day.
day_reports = Table(
    "day_reports",
    METADATA,
    Column("user_id", String, primary_key=True),
    Column("day", Date, primary_key=True),
    #: draft, sent, left (he wants none).
    Column("state", String, nullable=False),
    #: Sealed: it names customers. His own words, once he wrote some.
    Column("body", LargeBinary, nullable=False),
    Column("edited", Boolean, nullable=False),
    Column("created_at", UTCDateTime, nullable=False),
    Column("sent_at", UTCDateTime),
)

#: What a number was that nothing else remembers, for a later comparison with itself.
digest_readings = Table(
    "digest_readings",
    METADATA,
    Column("metric", String, primary_key=True),
    #: `all`, or a region's name.
    Column("scope", String, primary_key=True),
    Column("day", Date, primary_key=True),
    #: A decimal number.
    Column("value", String, nullable=False),
)
