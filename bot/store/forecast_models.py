"""The forecast's model of each night: the newest one is gone by, of the others their errors are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from bot.store.desk import Desk
from bot.store.tables.forecast import forecast_models
from bot.store.tx import Tx

READY, TOO_THIN = "ready", "too_thin"


@dataclass(frozen=True, slots=True)
class Kept:
    """What came of one night."""

    #: ready, too_thin.
    outcome: str
    closed: int
    won: int
    days: int
    model: Mapping[str, Any]
    trials: Sequence[Mapping[str, Any]]
    at: datetime


_LATEST = select(forecast_models).order_by(forecast_models.c.at.desc(), forecast_models.c.id.desc()).limit(1)
#: Some ten thousand numbers that nobody asks for again.
_SLIM = update(forecast_models).where(forecast_models.c.model != {}).values(model={})


async def keep(
    desk: Desk,
    *,
    outcome: str,
    counts: tuple[int, int, int],
    model: Mapping[str, Any],
    trials: Sequence[Mapping[str, Any]],
) -> None:
    """Write down what came of a night; `counts` are closed and won deals, and days."""
    closed, won, days = counts
    await desk.tx.run(_SLIM)
    await desk.tx.insert(
        forecast_models,
        {
            "id": desk.new_id(), "outcome": outcome, "closed": closed, "won": won, "days": days,
            "model": model, "trials": list(trials), "at": desk.now,
        },
    )  # fmt: skip


async def latest(tx: Tx) -> Kept | None:
    """The last night's; None before the first."""
    row = await tx.first(_LATEST)
    if row is None:
        return None
    return Kept(row.outcome, row.closed, row.won, row.days, row.model, row.trials, row.at)
