"""Journeys: their versions, who is where in them, every step made, what happened that they want to know."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, String, Table

from bot.store.tables.meta import METADATA
from bot.store.types import Json, UTCDateTime

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

#: As they were published; never changed, so that whoever is in one goes on as it was.
journey_versions = Table(
    "journey_versions",
    METADATA,
    Column("journey", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("digest", String, nullable=False),
    #: The journey as JSON, as bot/crm/company/journeys.py reads it.
    Column("definition", Json, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)

journey_states = Table(
    "journey_states",
    METADATA,
    Column("journey", String, primary_key=True),
    #: By which newcomers go.
    Column("version", Integer, nullable=False),
    #: live, paused (nobody enters, nobody moves), stopped (nobody enters, whoever was in is out).
    Column("state", String, nullable=False),
    Column("by", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    #: Who entered in which hour of UTC, for the cap: `2026-11-22T03`.
    Column("hour", String, nullable=False),
    Column("entered", Integer, nullable=False),
    #: When that was counted: an hour that a clock running ahead has filled is no queue.
    Column("counted_at", UTCDateTime),
)

#: Somebody's way through one version.
journey_enrollments = Table(
    "journey_enrollments",
    METADATA,
    #: Made of journey, person and occasion: the same occasion cannot begin twice.
    Column("id", String, primary_key=True),
    Column("journey", String, nullable=False),
    Column("version", Integer, nullable=False),
    Column("lead_id", String, nullable=False),
    #: The lead as he entered; after a merge `lead_id` is another one, this is not.
    Column("person", String, nullable=False),
    #: Of which business key; empty if that is not the rule.
    Column("slot", String, nullable=False),
    #: running, parked (its journey is paused), done.
    Column("state", String, nullable=False),
    #: Where he stands; null at the end.
    Column("place", String),
    Column("due_at", UTCDateTime),
    #: What woke him before his time; empty if nothing did.
    Column("woken", String, nullable=False),
    #: Since when he stands there waiting for something to happen; null if he does not.
    Column("awaits_since", UTCDateTime),
    Column("entered_at", UTCDateTime, nullable=False),
    Column("ended_at", UTCDateTime),
    #: end, goal, exit, left, stopped, merged, erased, failed.
    Column("ended_how", String, nullable=False),
    #: How often he came where, which arms he got, what texts may say.
    Column("memory", Json, nullable=False),
    #: Steps made; grows with each.
    Column("n", Integer, nullable=False),
)
Index(
    "ix_journey_enrollments_due",
    journey_enrollments.c.due_at,
    journey_enrollments.c.id,
    sqlite_where=journey_enrollments.c.state == "running",
    postgresql_where=journey_enrollments.c.state == "running",
)
Index(
    "ix_journey_enrollments_parked",
    journey_enrollments.c.journey,
    sqlite_where=journey_enrollments.c.state == "parked",
    postgresql_where=journey_enrollments.c.state == "parked",
)
Index("ix_journey_enrollments_lead", journey_enrollments.c.lead_id, journey_enrollments.c.journey)
Index("ix_journey_enrollments_in", journey_enrollments.c.journey, journey_enrollments.c.state)

#: One row for each step made, in its unit.
journey_steps = Table(
    "journey_steps",
    METADATA,
    Column("enrollment_id", String, primary_key=True),
    #: Its number on this way.
    Column("n", Integer, primary_key=True),
    Column("place", String, nullable=False),
    Column("occurrence", Integer, nullable=False),
    #: The way on, `waits`, or how it ended.
    Column("outcome", String, nullable=False),
    #: What became of what it wanted: a channel, a refusal, a task.
    Column("note", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
    sqlite_with_rowid=False,
)

#: How often which place was left by which way, added up as it happens.
journey_counts = Table(
    "journey_counts",
    METADATA,
    Column("journey", String, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("place", String, primary_key=True),
    Column("outcome", String, primary_key=True),
    Column("note", String, primary_key=True),
    Column("n", BigInteger, nullable=False),
)

#: What happened that some journey wants to know: written by triggers of the database in the unit in which
#: it happened, and taken away in the unit that followed it.
journey_marks = Table(
    "journey_marks",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    #: Not `lead_id`: what happened, happened to whom it happened.
    Column("of_lead", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("ref", String, nullable=False),
    #: Names the occasion, where there is one.
    Column("source", String),
    Column("object", String),
    Column("before", String),
    Column("after", String),
    Column("at", UTCDateTime),
    # Names an occasion where nothing else does: a number is never used again, also when all marks are gone.
    sqlite_autoincrement=True,
)

#: What the published journeys want to know; nothing else is marked.
journey_wants = Table(
    "journey_wants",
    METADATA,
    Column("kind", String, primary_key=True),
    Column("ref", String, primary_key=True),
)

#: Dates and schedules: how far a walk through everybody has come.
journey_sweeps = Table(
    "journey_sweeps",
    METADATA,
    Column("journey", String, primary_key=True),
    Column("trigger", String, primary_key=True),
    #: The last moment that was begun.
    Column("moment", UTCDateTime, nullable=False),
    #: Everybody up to this lead was looked at; null when all were.
    Column("reached", String),
)

#: Codes that are given away, each once.
journey_coupons = Table(
    "journey_coupons",
    METADATA,
    Column("stock", String, primary_key=True),
    Column("code", String, primary_key=True),
    #: Who got it: enrollment, place and occurrence; null while it lies there.
    Column("given_to", String, unique=True),
    Column("given_at", UTCDateTime),
    Column("added_at", UTCDateTime, nullable=False),
)
Index(
    "ix_journey_coupons_left",
    journey_coupons.c.stock,
    journey_coupons.c.code,
    sqlite_where=journey_coupons.c.given_to.is_(None),
    postgresql_where=journey_coupons.c.given_to.is_(None),
)
