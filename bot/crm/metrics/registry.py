"""All metrics, by id."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bot.crm.metrics import costs, customers, deals, follow_ups, funnel, leads, snapshots, touches
from bot.crm.metrics.metric import Metric

#: What people call the families, in the same order as they are listed.
GROUPS: tuple[tuple[str, tuple[Metric, ...]], ...] = (
    ("线索", leads.METRICS),
    ("漏斗", funnel.METRICS),
    ("跟进和任务", follow_ups.METRICS),
    ("商机和业绩", deals.METRICS),
    ("客户", customers.METRICS),
    ("现在的存量", snapshots.METRICS),
    ("触达和落地页", touches.METRICS),
    ("渠道花费", costs.METRICS),
)
FAMILIES = (leads, follow_ups, deals, customers, touches, costs, funnel, snapshots)

METRICS: Mapping[str, Metric] = MappingProxyType(
    {metric.id: metric for family in FAMILIES for metric in family.METRICS}
)

#: Where less is better.
LESS_IS_BETTER: frozenset[str] = frozenset(
    {
        *("first_response_minutes", "sales_cycle_days", "cost_per_lead", "channel_cost", "complaints"),
        *("stale_leads", "unassigned_leads", "overdue_tasks", "recycled_leads", "returned_leads"),
        *("lost_deals", "churn_rate", "invalid_leads", "invalid_rate", "unsubscribe_rate", "failure_rate"),
    }
)
