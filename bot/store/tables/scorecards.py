"""What was learned from the company's own outcomes, one row each night."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table

from bot.store.tables.meta import METADATA
from bot.store.types import Json, UTCDateTime

scorecards = Table(
    "scorecards",
    METADATA,
    Column("id", String, primary_key=True),
    #: trained, too_few, too_weak.
    Column("outcome", String, nullable=False),
    Column("won", Integer, nullable=False),
    Column("lost", Integer, nullable=False),
    #: Area under the curve on the latest leads, in ten thousandths; None if nothing was learned.
    Column("auc", Integer),
    #: Fields, bins and weights, and how it did; empty unless trained.
    Column("body", Json, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_scorecards_at", scorecards.c.at)
