"""Read the numbers of a permitted question: the only way to them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TypeAlias

from bot.crm.metrics.registry import METRICS
from bot.crm.query import FUNNEL, Period
from bot.store.metrics import churn, costs, quota
from bot.store.metrics.attainment import attainment
from bot.store.metrics.guard import Permit
from bot.store.metrics.registry import MEASURES
from bot.store.metrics.sums import Figure, Key, figure, sums
from bot.store.tx import Tx

_Composed: TypeAlias = Callable[..., Awaitable[dict[Key, Figure]]]
#: Metrics that are set against something else than one table of facts.
_COMPOSED: Mapping[str, _Composed] = {
    quota.ID: attainment,
    costs.ID: costs.cost_per_lead,
    costs.ROI: costs.channel_roi,
    churn.ID: churn.churn,
}


async def read(
    tx: Tx, permit: Permit, metric_id: str, period: Period | None, *, now: datetime
) -> dict[Key, Figure]:
    """One metric of the question, over this period; the keys are those that have facts."""
    if metric_id not in permit.query.metrics:
        msg = f"{metric_id} was not asked for"
        raise ValueError(msg)
    composed = _COMPOSED.get(metric_id)
    if composed is not None:
        if period is None:
            msg = f"{metric_id} is of a period"
            raise ValueError(msg)
        return await composed(tx, permit, period, now=now)
    found = await sums(tx, permit, MEASURES[metric_id], period, now=now)
    return {key: figure(METRICS[metric_id].unit, parts) for key, parts in found.items()}


async def funnel(
    tx: Tx, permit: Permit, period: Period | None, *, now: datetime
) -> dict[Key, tuple[int, ...]]:
    """How many leads reached each step, from the widest."""
    if FUNNEL not in permit.query.metrics:
        msg = "the funnel was not asked for"
        raise ValueError(msg)
    return dict(await sums(tx, permit, MEASURES[FUNNEL], period, now=now))
