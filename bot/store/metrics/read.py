"""Read the numbers of a permitted question: the only way to them."""

from __future__ import annotations

from datetime import datetime

from bot.crm.metrics.registry import METRICS
from bot.crm.query import FUNNEL, Period
from bot.store.metrics import costs, quota
from bot.store.metrics.attainment import attainment
from bot.store.metrics.guard import Permit
from bot.store.metrics.registry import MEASURES
from bot.store.metrics.sums import Figure, Key, figure, sums
from bot.store.tx import Tx


async def read(
    tx: Tx, permit: Permit, metric_id: str, period: Period | None, *, now: datetime
) -> dict[Key, Figure]:
    """One metric of the question, over this period; the keys are those that have facts."""
    if metric_id not in permit.query.metrics:
        msg = f"{metric_id} was not asked for"
        raise ValueError(msg)
    if metric_id == quota.ID:
        if period is None:
            msg = "a target belongs to a period"
            raise ValueError(msg)
        return await attainment(tx, permit, period, now=now)
    if metric_id == costs.ID:
        if period is None:
            msg = "costs belong to a period"
            raise ValueError(msg)
        return await costs.cost_per_lead(tx, permit, period, now=now)
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
