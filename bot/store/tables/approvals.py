"""What a journey asked somebody to agree to, and what he said."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, UniqueConstraint

from bot.store.tables.meta import METADATA
from bot.store.types import Json, UTCDateTime

#: One row each time that somebody comes to a step that asks.
approvals = Table(
    "approvals",
    METADATA,
    Column("id", String, primary_key=True),
    #: On whose way it is asked; which lead that is now, his way says.
    Column("enrollment_id", String, nullable=False),
    Column("place", String, nullable=False),
    #: Names the occasion: enrollment, place and which time he came there.
    Column("occasion", String, nullable=False),
    Column("journey", String, nullable=False),
    Column("text", String, nullable=False),
    #: Colleagues who may answer; the first answer counts.
    Column("asked", Json, nullable=False),
    #: asked, approved, refused, expired (nobody answered in time), void (not needed any more).
    Column("state", String, nullable=False),
    Column("answered_by", String, nullable=False),
    Column("reason", String, nullable=False),
    Column("asked_at", UTCDateTime, nullable=False),
    Column("due_at", UTCDateTime, nullable=False),
    Column("answered_at", UTCDateTime),
    UniqueConstraint("occasion"),
)
