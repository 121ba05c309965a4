"""Which numbers tell whether it goes well, in which order: those that move first, then those that follow.

Interaction, qualified leads and response change within weeks; revenue follows them months later. So the
first group comes first for everyone.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from bot.crm.metrics.registry import METRICS
from bot.crm.user import Role


class Timing(enum.StrEnum):
    """Whether it moves before revenue does, or with it."""

    LEADING = "leading"
    LAGGING = "lagging"


@dataclass(frozen=True, slots=True)
class Group:
    """Some numbers under one heading; `hint` says how to read them."""

    timing: Timing
    title: str
    hint: str
    metrics: tuple[str, ...]


_FIRST, _THEN = "先看：先行指标", "再看：结果指标"
_HINT = "这些先变，几周就看得出来"
_SALES = (
    Group(
        Timing.LEADING,
        _FIRST,
        _HINT,
        (
            "first_response_minutes", "on_time_rate", "follow_ups", "mql", "sql", "mql_to_sql_rate",
            "new_deals", "deal_amount",
        ),
    ),
    Group(
        Timing.LAGGING,
        _THEN,
        "这些跟着变，要看几个月",
        (
            "won_amount", "quota_attainment", "forecast_amount", "win_rate", "sales_cycle_days",
            "avg_deal_amount", "payments", "new_customers",
        ),
    ),
)  # fmt: skip
_MARKETING = (
    Group(
        Timing.LEADING,
        _FIRST,
        _HINT,
        (
            "open_rate", "click_rate", "form_conversion_rate", "mql", "lead_to_mql_rate", "mql_to_sql_rate",
            "first_response_minutes",
        ),
    ),
    Group(
        Timing.LAGGING,
        _THEN,
        "这些跟着变，要看几个月",
        ("new_deals", "deal_amount", "win_rate", "sales_cycle_days", "won_amount", "channel_roi"),
    ),
)  # fmt: skip


def kpi(role: Role) -> tuple[Group, ...]:
    """Leading indicators, then lagging ones, as far as this role may ask for them; empty for an admin."""
    if role is Role.MARKETER:
        chosen: tuple[Group, ...] = _MARKETING
    elif role in {Role.DIRECTOR, Role.EXECUTIVE}:
        chosen = _both()
    else:
        chosen = _SALES
    found = (
        replace(one, metrics=tuple(key for key in one.metrics if METRICS[key].open_to(role)))
        for one in chosen
    )
    return tuple(one for one in found if one.metrics)


def _both() -> tuple[Group, ...]:
    """Marketing's, then sales' own; what either takes for leading leads."""
    leading = dict.fromkeys((*_MARKETING[0].metrics, *_SALES[0].metrics))
    lagging = dict.fromkeys((*_SALES[1].metrics, *_MARKETING[1].metrics))
    return (
        replace(_SALES[0], metrics=tuple(leading)),
        replace(_SALES[1], metrics=tuple(key for key in lagging if key not in leading)),
    )
