"""What is expected: the model of each night with its past errors, and what colleagues have promised."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Date, Index, Integer, String, Table

from bot.store.tables.meta import METADATA
from bot.store.types import Json, Money, UTCDateTime

_NUMBER = BigInteger().with_variant(Integer, "sqlite")

forecast_models = Table(
    "forecast_models",
    METADATA,
    Column("id", String, primary_key=True),
    #: ready, too_thin.
    Column("outcome", String, nullable=False),
    #: What it was learned from: closed deals, won ones, days.
    Column("closed", Integer, nullable=False),
    Column("won", Integer, nullable=False),
    Column("days", Integer, nullable=False),
    #: How deals end and what they bring; empty unless it is the newest and ready.
    Column("model", Json, nullable=False),
    #: What would have been said at the beginning of past periods, and what came.
    Column("trials", Json, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index("ix_forecast_models_at", forecast_models.c.at)

#: One row each time somebody says it; the last one of a period counts, the others are its history.
commitments = Table(
    "commitments",
    METADATA,
    Column("id", _NUMBER, primary_key=True, autoincrement=True),
    Column("user_id", String, nullable=False),
    #: Local days, half open: a month or a quarter.
    Column("begins", Date, nullable=False),
    Column("ends", Date, nullable=False),
    #: None: taken back.
    Column("amount", Money),
    #: As they were when he said it.
    Column("team", String, nullable=False),
    Column("region", String, nullable=False),
    Column("at", UTCDateTime, nullable=False),
)
Index(
    "ix_commitments_period", commitments.c.begins, commitments.c.ends, commitments.c.user_id, commitments.c.at
)
