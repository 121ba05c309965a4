"""Any question that the registry allows: metrics, cuts, filters, periods, comparisons, ranks."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from bot.crm.metrics.registry import METRICS
from bot.crm.query import Compare, Order, Period, Query, Rank
from tests.insight.oracle.companies import CHANNELS, TAGS
from tests.store.metrics_data import (
    CAMPAIGNS,
    INDUSTRIES,
    LIFECYCLES,
    PRODUCTS,
    REASONS,
    REGIONS,
    SOURCES,
    STAGES,
)

UNITS = ("day", "week", "month", "quarter", "year")
#: Counted otherwise: a forecast is no fact, and the funnel has steps.
APART = frozenset({"forecast_amount", "funnel"})
#: Nobody's leads lie in no team.
TEAMLESS = frozenset({"pool_leads", "unassigned_leads"})
VALUES: Mapping[str, tuple[str, ...]] = {
    "owner": tuple(f"u{number}" for number in range(10)),
    "team": tuple(team for teams in REGIONS.values() for team in teams),
    "region": tuple(REGIONS),
    "source": SOURCES,
    "industry": INDUSTRIES,
    "product": PRODUCTS,
    "stage": STAGES,
    "channel": CHANNELS,
    "campaign": CAMPAIGNS,
    "tag": TAGS,
    "lost_reason": REASONS,
    "invalid_reason": REASONS,
    "lifecycle": LIFECYCLES,
    "size": ("大", "小"),
}
LEVELS = frozenset({"owner", "team", "region"})


def question(chance: random.Random) -> Query:
    """One question; every metric comes up equally often."""
    names = [chance.choice(sorted(set(METRICS) - APART))]
    first = METRICS[names[0]]
    others = [one for one in METRICS if one not in APART and METRICS[one].is_snapshot == first.is_snapshot]
    if chance.random() < 0.15:
        names.append(chance.choice(sorted(others)))
    dims = _dimensions(names)
    units = [] if first.is_snapshot else list(UNITS)
    by = chance.sample(dims, min(len(dims), chance.choice((0, 0, 1, 1, 1, 2))))
    if "quota_attainment" in names:
        by = by[:1]
    if units and chance.random() < 0.3:
        by.insert(chance.randrange(len(by) + 1), chance.choice(units))
    where = _filters(chance, names, dims, by)
    period = None if first.is_snapshot else span(chance, by)
    compare = chance.choice((None, None, *Compare)) if period else None
    rank = (
        Rank(chance.choice(tuple(Order)), chance.choice((None, 1, 3)))
        if by and chance.random() < 0.4
        else None
    )
    return Query(metrics=tuple(dict.fromkeys(names)), by=tuple(by), where=where, period=period,
                 compare=compare, rank=rank)  # fmt: skip


def _dimensions(names: list[str]) -> list[str]:
    dims = [one for one in VALUES if all(METRICS[name].takes(one) for name in names)]
    return [one for one in dims if one != "team" or not TEAMLESS & set(names)]


def _filters(chance: random.Random, names: list[str], dims: list[str], by: list[str]) -> dict[str, Any]:
    where: dict[str, Any] = {}
    for key in chance.sample(dims, min(len(dims), chance.choice((0, 0, 1, 1, 2)))):
        if "quota_attainment" in names and (LEVELS & ({*where, *by} - {key})):
            continue
        some = [one for one in VALUES[key] if one]
        where[key] = tuple(sorted(chance.sample(some, chance.randrange(1, len(some) + 1))))
    if "channel_roi" in names and chance.random() < 0.7:
        where["attribution"] = (chance.choice(("first", "last", "linear")),)
    if "stale_leads" in names and chance.random() < 0.5:
        where["idle_days"] = (chance.choice((1, 7, 30)),)
    return where


def span(chance: random.Random, by: list[str]) -> Period:
    """A month, a quarter, a year, some days, a day on which nothing was; not a year by days."""
    day = date(2025, 10, 1) + timedelta(days=chance.randrange(420))
    month = day.replace(day=1)
    after = (month + timedelta(days=32)).replace(day=1)
    quarter = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    week = day - timedelta(days=day.weekday())
    short = (
        Period(month, after),
        Period(week, week + timedelta(days=7)),
        Period(day, day + timedelta(days=1)),
        Period(day, day + timedelta(days=chance.randrange(2, 60))),
    )
    long = (
        Period(quarter, (quarter + timedelta(days=95)).replace(day=1)),
        Period(date(2026, 1, 1), date(2027, 1, 1)),
        Period(date(2025, 10, 1), date(2026, 12, 1)),
        Period(date(2026, 1, 1), date(2026, 11, 19)),
        Period(date(2019, 1, 1), date(2019, 1, 3)),
    )
    return chance.choice(short if {"day", "week"} & set(by) else (*short, *long))
