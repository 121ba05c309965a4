"""The times behind what is called quick, slow or long."""

from __future__ import annotations

from collections.abc import Mapping

from bot.crm.metrics.metric import Unit
from bot.crm.metrics.registry import METRICS

TIMES = frozenset({Unit.MINUTES, Unit.DAYS})
#: Which time is meant when these are called quick or slow.
QUICK: Mapping[str, frozenset[str]] = {
    "first_response_minutes": frozenset({"follow_ups", "followed_leads", "new_leads", "claimed_leads"}),
    "sales_cycle_days": frozenset(
        {"won_deals", "won_amount", "lead_to_won_rate", "win_rate", "new_customers"}
    ),
}


def is_time(metric_id: str) -> bool:
    """Whether the metric is a span of time."""
    return metric_id in METRICS and METRICS[metric_id].unit in TIMES
