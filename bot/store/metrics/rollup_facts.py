"""Work cells out from the facts, by the registry's own SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta, timezone
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import Select

from bot.crm.company import Company
from bot.crm.query import Period
from bot.store.metrics.local_days import offset_in
from bot.store.metrics.rollup_series import ANY_PERIOD, Book, Series, by_day
from bot.store.metrics.statement import Slice, params, statement
from bot.store.tables.rollups import DIMS, SUMS
from bot.store.tx import Tx

#: A cube and the values of its dimensions.
Where: TypeAlias = tuple[str, tuple[str, ...]]
#: How many facts, then the sums.
Numbers: TypeAlias = tuple[int, ...]
Cells: TypeAlias = dict[Where, Numbers]
#: After everything that anybody may have written.
_EVER = datetime(9999, 1, 1, tzinfo=timezone.utc)
_NOTHING: Numbers = (0,) * (1 + SUMS)
#: Statements that are kept: some dozens of series, an offset or two.
_REMEMBERED = 256


@dataclass(slots=True)
class WorkedOut:
    """Cells of some days; days without facts have none."""

    days: dict[date, Cells] = field(default_factory=dict)
    #: Days whose numbers time alone will change.
    moving: set[date] = field(default_factory=set)


async def work_out(tx: Tx, book: Book, company: Company, period: Period, *, now: datetime) -> WorkedOut:
    """All cells of a book for the days of a period."""
    found = WorkedOut()
    for series in book.series:
        days = await _read(tx, series, company, period, now)
        if book.asks_now:
            later = await _read(tx, series, company, period, _EVER)
            found.moving |= {day for day in days.keys() | later.keys() if days.get(day) != later.get(day)}
        for day, cells in days.items():
            found.days.setdefault(day, {}).update(cells)
    return found


async def _read(
    tx: Tx, series: Series, company: Company, period: Period, now: datetime
) -> Mapping[date, Cells]:
    asked = by_day(series, period, company.org.zone)
    told = params(asked, now=now, stale_at=now, quoting=company.pipeline.quoting)
    rows = await tx.all(_statement(series, asked, period), **told)
    cubes = [(series.cube(grain), [series.dims.index(dim) for dim in grain]) for grain in series.grains]
    keys = 1 + len(series.dims)
    days: dict[str, dict[Where, list[int]]] = defaultdict(dict)
    for row in rows:
        numbers = [int(value) for value in row[keys:]]
        cells = days[row[0]]
        for cube, places in cubes:
            where = (cube, padded(tuple(str(row[1 + place]) for place in places)))
            kept = cells.get(where)
            if kept is None:
                cells[where] = list(numbers)
            else:
                for n, value in enumerate(numbers):
                    kept[n] += value
    return {
        date.fromisoformat(day): {where: tuple(numbers) for where, numbers in cells.items()}
        for day, cells in days.items()
    }


def _statement(series: Series, asked: Slice, period: Period) -> Select[Any]:
    """Days are worked out all the time: to spell the statement would cost more than to run it."""
    offset = offset_in(period, asked.zone)
    return statement(series.combined, asked) if offset is None else _of_offset(series, offset)


@lru_cache(maxsize=_REMEMBERED)
def _of_offset(series: Series, offset: timedelta) -> Select[Any]:
    asked = by_day(series, ANY_PERIOD, timezone(offset))
    return statement(series.combined, replace(asked, is_any=True))


def padded(key: tuple[str, ...]) -> tuple[str, ...]:
    """As many values as a cell has places."""
    return key + ("",) * (DIMS - len(key))


def filled(numbers: Numbers) -> Numbers:
    """As many numbers as a cell has places; those that the series does not have are nought."""
    return numbers + _NOTHING[len(numbers) :]


def as_row(begins: date, where: Where, numbers: Numbers) -> dict[str, Any]:
    """A cell as it stands in its table."""
    cube, key = where
    n, *sums = numbers
    row: dict[str, Any] = {"cube": cube, "begins": begins.isoformat(), "n": n}
    row |= {f"d{place}": value for place, value in enumerate(key)}
    return row | {f"s{place}": sums[place] if place < len(sums) else None for place in range(SUMS)}


def from_row(row: Any, width: int) -> tuple[Where, Numbers]:  # noqa: ANN401 - a row
    """A cell of its table; `width` is how many sums its series has."""
    key = tuple(str(getattr(row, f"d{place}")) for place in range(DIMS))
    sums = (int(getattr(row, f"s{place}") or 0) for place in range(width))
    return (str(row.cube), key), (int(row.n), *sums)
