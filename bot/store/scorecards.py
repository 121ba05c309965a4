"""Scorecards kept: the newest one that was good enough is gone by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from bot.store.desk import Desk
from bot.store.tables.scorecards import scorecards
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of one night."""

    #: trained, too_few, too_weak.
    outcome: str
    won: int
    lost: int
    auc: float | None
    body: Mapping[str, Any]
    at: datetime


_PLACES = 10_000
_LATEST = select(scorecards).order_by(scorecards.c.at.desc(), scorecards.c.id.desc()).limit(1)


async def keep(
    desk: Desk, *, outcome: str, won: int, lost: int, auc: float | None, body: Mapping[str, Any]
) -> None:
    """Write down what came of a night, whether something was learned or not."""
    await desk.tx.insert(
        scorecards,
        {
            "id": desk.new_id(), "outcome": outcome, "won": won, "lost": lost,
            "auc": None if auc is None else round(auc * _PLACES), "body": body,
            "at": desk.now,
        },
    )  # fmt: skip


async def latest(tx: Tx) -> Kept | None:
    """The last night's; None before the first."""
    row = await tx.first(_LATEST)
    if row is None:
        return None
    auc = None if row.auc is None else row.auc / _PLACES
    return Kept(row.outcome, row.won, row.lost, auc, row.body, row.at)
