"""The rows of an answer: read, completed, set against another period, and put in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import product

from bot.crm.metrics.dimension import PEOPLE, TIME_UNITS, Dimension
from bot.crm.metrics.metric import Kind, Metric, Subject, Unit
from bot.crm.query import Compare, Order, Period, Query
from bot.crm.user import Role
from bot.insight.ask.times import spans
from bot.insight.forecast import forecasting
from bot.store.metrics import costs
from bot.store.metrics.guard import Permit
from bot.store.metrics.read import read
from bot.store.metrics.sums import Figure, Key
from bot.store.tx import Tx

UNITS = frozenset(unit.value for unit in TIME_UNITS)
_PEOPLE = frozenset(key.value for key in PEOPLE)
#: A cost that nobody booked is not nought.
NOT_ENTERED = Figure(None)
Found = Mapping[str, Mapping[Key, Figure]]


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the answer: its keys, a figure for each metric, and those of the other period."""

    key: Key
    figures: tuple[Figure, ...]
    before: tuple[Figure, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """All lines in order; `tied` more had the same value as the last that fitted into a ranking."""

    metrics: tuple[Metric, ...]
    rows: tuple[Row, ...]
    before: Period | None = None
    tied: int = 0


async def table(
    tx: Tx,
    permit: Permit,
    metrics: Sequence[Metric],
    *,
    today: date,
    now: datetime,
    forecast: forecasting.Learned | None = None,
) -> Table:
    """Read the metrics of a question that have facts; for a forecast what was learned, if it is at hand."""
    query = permit.query
    if forecast is None and any(one.id == forecasting.METRIC for one in metrics):
        forecast = await forecasting.learned(tx, permit.company, now)
    before = other_period(query)
    found = await _read(tx, permit, metrics, query.period, now=now, forecast=forecast)
    other = await _read(tx, permit, metrics, before, now=now, forecast=forecast) if before else {}
    moved = _moved(query, other, before)
    come = [
        {key: one for key, one in lines.items() if _has_come(query, key, today)} for lines in moved.values()
    ]
    keys = _keys(permit, metrics, [*found.values(), *come], today=today)
    rows = [
        Row(
            key,
            tuple(found[one.id].get(key, _nothing(one)) for one in metrics),
            tuple(moved[one.id].get(key, _nothing(one)) for one in metrics) if before else (),
        )
        for key in keys
    ]
    kept, tied = _ordered(permit, rows)
    return Table(tuple(metrics), kept, before, tied)


def other_period(query: Query) -> Period | None:
    """What the period is set against."""
    if query.period is None or query.compare is None:
        return None
    return (
        spans.previous(query.period) if query.compare is Compare.PREVIOUS else spans.year_before(query.period)
    )


async def _read(
    tx: Tx,
    permit: Permit,
    metrics: Iterable[Metric],
    period: Period | None,
    *,
    now: datetime,
    forecast: forecasting.Learned | None,
) -> dict[str, dict[Key, Figure]]:
    found = {
        one.id: await forecasting.figures(tx, permit, forecast, period, now=now)
        if one.id == forecasting.METRIC and forecast is not None
        else await read(tx, permit, one.id, period, now=now)
        for one in metrics
    }
    spending = [one.id for one in metrics if one.subject is Subject.COST]
    if spending and period is not None:
        known = await costs.entered(tx, permit, period, now=now)
        for key in spending:
            found[key] = {at: one if at in known else NOT_ENTERED for at, one in found[key].items()}
    return found


def _nothing(metric: Metric) -> Figure:
    """What a line without facts shows: nought where things are counted, nothing where they are divided."""
    if metric.subject is Subject.COST:
        return NOT_ENTERED
    if metric.kind in {Kind.FLOW, Kind.SNAPSHOT}:
        return Figure(Decimal(0) if metric.unit is Unit.MONEY else 0)
    return Figure(None, 0)


def buckets(period: Period, unit: str) -> list[str]:
    """The first days of all the days, weeks, months, quarters or years that a period touches."""
    day, found = period.begins, list[str]()
    while day < period.ends:
        span = span_of(day, unit)
        found.append(span.begins.isoformat())
        day = span.ends
    return found


def span_of(day: date, unit: str) -> Period:
    """The day, week, month, quarter or year that a day is of."""
    if unit == Dimension.YEAR:
        return spans.year(day.year)
    return {"day": spans.day, "week": spans.week, "month": spans.month, "quarter": spans.quarter}[unit](day)


def moved_key(query: Query, key: Key, before: Period | None) -> Key | None:
    """The other period's key under the name it has in this one: first week beside first week."""
    place = next((at for at, one in enumerate(query.by) if one in UNITS), None)
    if place is None or before is None or query.period is None:
        return key
    theirs, ours = (buckets(period, query.by[place]) for period in (before, query.period))
    name = dict(zip(theirs, ours, strict=False)).get(key[place])
    return None if name is None else (*key[:place], name, *key[place + 1 :])


def other_key(query: Query, key: Key) -> tuple[str, str]:
    """The unit of time that a row is of, and what it is set against there; empty where there is neither."""
    place = next((at for at, one in enumerate(query.by) if one in UNITS), None)
    before = other_period(query)
    if place is None or before is None or query.period is None or query.compare is not Compare.PREVIOUS:
        return "", ""
    ours, theirs = (buckets(period, query.by[place]) for period in (query.period, before))
    return query.by[place], dict(zip(ours, theirs, strict=False)).get(key[place], "")


def _has_come(query: Query, key: Key, today: date) -> bool:
    """What was in the other period is set against nothing where that time is still to come."""
    return all(value <= today.isoformat() for unit, value in zip(query.by, key, strict=True) if unit in UNITS)


def _moved(query: Query, other: Found, before: Period | None) -> dict[str, dict[Key, Figure]]:
    moved: dict[str, dict[Key, Figure]] = {}
    for metric, lines in other.items():
        named = ((moved_key(query, key, before), figure) for key, figure in lines.items())
        moved[metric] = {key: figure for key, figure in named if key is not None}
    return moved


def _keys(
    permit: Permit, metrics: Sequence[Metric], found: Iterable[Mapping[Key, Figure]], *, today: date
) -> list[Key]:
    """Those with facts, and those of whom it is worth knowing that there are none."""
    query = permit.query
    keys = dict.fromkeys(key for lines in found for key in lines)
    if not query.by:
        return list(keys) or [()]
    is_counted = all(one.kind in {Kind.FLOW, Kind.SNAPSHOT} for one in metrics)
    parts = [dict.fromkeys(key[at] for key in keys) for at in range(len(query.by))]
    for at, dimension in enumerate(query.by):
        if dimension in UNITS and query.period is not None:
            whole = Period(
                query.period.begins, max(min(query.period.ends, today + spans.DAY), query.period.begins)
            )
            parts[at] = {**dict.fromkeys(buckets(whole, dimension)), **parts[at]}
        elif len(query.by) == 1 or dimension in query.where:
            parts[at].update(dict.fromkeys(_expected(permit, dimension, is_counted=is_counted)))
    if len(query.by) == 1 or set(query.by) & (UNITS | set(query.where)):
        keys.update(dict.fromkeys(product(*parts)))
    return list(keys)


def _expected(permit: Permit, dimension: str, *, is_counted: bool) -> Iterator[str]:
    """Who was named; and all the people, teams and regions of the filter, if something is counted."""
    where, org = permit.query.where, permit.company.org
    if dimension in where:
        yield from (str(value) for value in where[dimension])
    elif not is_counted or dimension not in _PEOPLE:
        return
    elif dimension == Dimension.OWNER:
        for one in permit.people.values():
            place = {"team": one.team, "region": one.region}
            if (
                one.active
                and one.role is Role.REP
                and all(place[key] in where[key] for key in place if key in where)
            ):
                yield one.id
    elif dimension == Dimension.TEAM:
        yield from (team.name for team in org.teams if team.region in where.get("region", (team.region,)))
    elif dimension == Dimension.REGION:
        yield from (region.name for region in org.regions if "team" not in where)


def _ordered(permit: Permit, rows: list[Row]) -> tuple[tuple[Row, ...], int]:
    """By rank, else by time, else in the order of the stages, else the largest first."""
    query, rank = permit.query, permit.query.rank
    if rank is None or not query.by:
        stages = {stage.name: at for at, stage in enumerate(permit.company.pipeline.stages)}
        return tuple(sorted(rows, key=lambda row: (_natural(query, row, stages), _by_value(row, -1)))), 0
    sign = -1 if rank.order is Order.DESC else 1
    ranked = sorted(rows, key=lambda row: _by_value(row, sign))
    limit = len(ranked) if rank.limit is None else rank.limit
    last = ranked[limit - 1].figures[0].value if 0 < limit < len(ranked) else None
    tied = sum(
        1 for row in ranked[limit:] if last is not None and "" not in row.key and row.figures[0].value == last
    )
    return tuple(ranked[:limit]), tied


def _by_value(row: Row, sign: int) -> tuple[bool, bool, Decimal | float, Key]:
    """Nobody's and what could not be worked out come last, whichever end is wanted."""
    value = row.figures[0].value
    return "" in row.key, value is None, sign * float(value or 0), row.key


def _natural(query: Query, row: Row, stages: Mapping[str, int]) -> tuple[str | int, ...]:
    order: list[str | int] = []
    for dimension, value in zip(query.by, row.key, strict=True):
        if dimension in UNITS:
            order.append(value)
        elif dimension == Dimension.STAGE:
            order.append(stages.get(value, len(stages)))
    return tuple(order)


def is_over(period: Period, today: date) -> bool:
    """Whether every day of it has passed."""
    return period.ends <= today
