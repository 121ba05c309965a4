"""All metrics, by id."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.crm.metrics import costs, customers, deals, follow_ups, funnel, leads, snapshots, touches
from bot.crm.metrics.metric import Metric

FAMILIES = (leads, follow_ups, deals, customers, touches, costs, funnel, snapshots)

METRICS: Mapping[str, Metric] = MappingProxyType(
    {metric.id: metric for family in FAMILIES for metric in family.METRICS}
)
