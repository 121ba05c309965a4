"""Answer a question from the cells that are kept, and from the facts for the days that wait.

The answer is the one that all facts would give, at every moment: days of which something changed since
they were worked out are marked by the unit that changed it, and are counted here.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timezone
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import Date, Select, Table, bindparam, func, select, type_coerce

from bot.crm.company import Company
from bot.crm.metrics.dimension import TIME_UNITS
from bot.crm.query import Period, Value
from bot.store.metrics.fact import Measure
from bot.store.metrics.local_days import bucket
from bot.store.metrics.rollup_days import after, each, month_of, runs, waiting
from bot.store.metrics.rollup_series import KEPT, Grain, Series
from bot.store.metrics.statement import SETTINGS, Slice
from bot.store.tables.rollups import rollup_days, rollup_months
from bot.store.tx import Tx

Key: TypeAlias = tuple[str, ...]
Sums: TypeAlias = dict[Key, tuple[int, ...]]
Count: TypeAlias = Callable[[Slice], Awaitable[Sums]]

_UNITS = frozenset(unit.value for unit in TIME_UNITS)
#: Units that a month lies in as a whole.
_WIDE = frozenset({"month", "quarter", "year"})
#: Readings of facts beside the cells; days that lie close together are one reading.
_READINGS, _CLOSE = 6, 3
#: Days have no hours that would lie in another zone.
_ANY = Period(date(2026, 1, 1), date(2026, 1, 2))


@dataclass(frozen=True, slots=True)
class _Shape:
    """What a statement over cells depends on."""

    months: bool
    #: Places of the dimensions asked by; a unit of time stands for itself.
    by: tuple[int | str, ...]
    filters: tuple[int, ...]
    columns: tuple[str, ...]


async def kept(
    tx: Tx, company: Company, measure: Measure, asked: Slice, *, now: datetime, count: Count
) -> Sums | None:
    """The sums of a measure; None if no cells are kept that know the answer."""
    book, series = KEPT.get(measure, (None, None))
    if book is None or series is None or asked.period is None:
        return None
    grain = _grain(series, asked)
    if grain is None:
        return None
    state = await waiting(tx, book, company, asked.period)
    if state is None or state.is_ahead(book, now):
        return None
    counted = _to_count(state.days, asked.period)
    if counted is None:
        return None
    months, days = _split(asked, frozenset(day for period in counted for day in each(period)))
    found: Sums = {} if asked.by else {(): (0,) * len(measure.parts)}
    for begins, is_months in ((months, True), (days, False)):
        if begins:
            shape = _shape(series, grain, measure, asked, is_months=is_months)
            given = {f"of_{grain.index(key)}": values for key, values in _filters(asked).items()}
            _add(found, await _cells(tx, series.cube(grain), shape, begins, given))
    for period in counted:
        _add(found, await count(replace(asked, period=period)))
    return found


def _grain(series: Series, asked: Slice) -> Grain | None:
    """The smallest cube that knows the answer."""
    filters = _filters(asked)
    units = [key for key in asked.by if key in _UNITS]
    if len(units) > 1 or not all(filters.values()) or len(set(asked.by)) < len(asked.by):
        return None
    return series.grain_for(frozenset({*asked.by, *filters} - _UNITS))


def _to_count(days: Iterable[date], period: Period) -> Sequence[Period] | None:
    """The periods to be counted from the facts; None if that is most of it."""
    found = list(runs(days, gap=_CLOSE))
    if len(found) > _READINGS:
        found = [Period(found[0].begins, found[-1].ends)]
    length = (period.ends - period.begins).days
    return None if sum((one.ends - one.begins).days for one in found) * 2 > length else found


def _split(asked: Slice, counted: frozenset[date]) -> tuple[list[date], list[date]]:
    """The months that are read as one, and the days that are read alone."""
    assert asked.period is not None  # noqa: S101 - looked at before
    period, months, days = asked.period, list[date](), list[date]()
    may_be_whole = _WIDE.issuperset(key for key in asked.by if key in _UNITS)
    broken = {month_of(day) for day in counted}
    begins = period.begins
    while begins < period.ends:
        ends = min(after(begins), period.ends)
        if may_be_whole and begins.day == 1 and ends.day == 1 and begins not in broken:
            months.append(begins)
        else:
            days += [day for day in each(Period(begins, ends)) if day not in counted]
        begins = ends
    return months, days


def _filters(asked: Slice) -> Mapping[str, Sequence[Value]]:
    return {key: values for key, values in asked.where.items() if key not in SETTINGS}


def _shape(series: Series, grain: Grain, measure: Measure, asked: Slice, *, is_months: bool) -> _Shape:
    return _Shape(
        months=is_months,
        by=tuple(key if key in _UNITS else grain.index(key) for key in asked.by),
        filters=tuple(grain.index(key) for key in _filters(asked)),
        columns=series.columns(measure),
    )


async def _cells(
    tx: Tx, cube: str, shape: _Shape, begins: Sequence[date], given: Mapping[str, Sequence[Value]]
) -> Sums:
    """Add cells up."""
    values = {place: [str(value) for value in some] for place, some in given.items()}
    found = await tx.all(_statement(shape), cube=cube, begins=[one.isoformat() for one in begins], **values)
    keys = len(shape.by)
    return {
        tuple(str(value) for value in row[:keys]): tuple(int(value) for value in row[keys:])
        for row in found
        if keys or row[0] is not None
    }


@lru_cache(maxsize=512)
def _statement(shape: _Shape) -> Select[Any]:
    table = rollup_months if shape.months else rollup_days
    keys = [_key(table, one).label(f"k{n}") for n, one in enumerate(shape.by)]
    sums = [func.sum(table.c[name]).label(f"p{n}") for n, name in enumerate(shape.columns)]
    found = select(*keys, *sums).where(
        table.c.cube == bindparam("cube"),
        table.c.begins.in_(bindparam("begins", expanding=True)),
        *(table.c[f"d{place}"].in_(bindparam(f"of_{place}", expanding=True)) for place in shape.filters),
    )
    return found.group_by(*(key.name for key in keys)) if keys else found


def _key(table: Table, one: int | str) -> Any:  # noqa: ANN401 - a column
    if isinstance(one, int):
        return table.c[f"d{one}"]
    day = type_coerce(table.c.begins, Date)
    return bucket(day, one, period=_ANY, zone=timezone.utc)


def _add(found: Sums, more: Sums) -> None:
    for key, numbers in more.items():
        before = found.get(key)
        found[key] = numbers if before is None else tuple(a + b for a, b in zip(before, numbers, strict=True))
