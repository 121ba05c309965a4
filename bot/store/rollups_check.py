"""Compare what is kept with the facts: a difference is a defect of ours, is written down and mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, func, select

from bot.crm.company import Company
from bot.crm.query import Period
from bot.store import incidents, rollups
from bot.store.desk import Desk
from bot.store.metrics.rollup_days import after, each, month_of, waiting
from bot.store.metrics.rollup_facts import Cells, Where, work_out
from bot.store.metrics.rollup_series import BOOKS, Book
from bot.store.rollups_cells import cubes_of, forget, stored
from bot.store.tables.rollups import rollup_differences, rollup_months
from bot.store.tx import Tx

#: Under which differences are counted.
DIFFERED = "rollup.differed"
#: Months that every night looks at; of those before, every seventh in turn.
_LATEST, _TURNS = 2, 7
_MONTHS = select(rollup_months.c.begins).where(rollup_months.c.cube == bindparam("cube")).distinct()
_FOUND = select(
    func.coalesce(func.sum(rollup_differences.c.cells), 0).label("cells"),
    func.max(rollup_differences.c.example).label("example"),
).where(rollup_differences.c.found_at >= bindparam("since_at"))


@dataclass(frozen=True, slots=True)
class Difference:
    """Cells of a month that are not what the facts say."""

    book: str
    month: date
    cells: int
    #: One of them.
    example: str


async def months(tx: Tx, book: Book, company: Company, *, now: datetime, everything: bool) -> list[date]:
    """The months to look at: the latest, and a seventh of the others."""
    found = {month_of(day) for day in await rollups.days_with_facts(tx, book)}
    for cube in cubes_of(book):
        found |= {date.fromisoformat(row.begins) for row in await tx.all(_MONTHS, cube=cube)}
    today = now.astimezone(company.org.zone).date()
    latest = month_of(today - timedelta(days=31 * (_LATEST - 1)))
    turn = today.toordinal() % _TURNS
    return sorted(
        month
        for month in found
        if everything or month >= latest or (month.year * 12 + month.month) % _TURNS == turn
    )


async def compare(tx: Tx, book: Book, company: Company, month: date, *, now: datetime) -> Difference | None:
    """Look at one month from one snapshot; None if all is as the facts say, or if it waits anyway."""
    period = Period(month, after(month))
    state = await waiting(tx, book, company, period)
    if state is None or state.is_ahead(book, now):
        return None
    found = await work_out(tx, book, company, period, now=now)
    kept = await stored(tx, book, tuple(each(period)))
    wrong = [
        f"{where[0]} {day.isoformat()}"
        for day in each(period)
        if day not in state.days
        for where in _unlike(kept.get(day, {}), found.days.get(day, {}))
    ]
    # What time alone changes must wait; somebody has to look at it when the time has come.
    wrong += [f"{book.id} {day.isoformat()}" for day in sorted(found.moving - state.days)]
    whole = (await stored(tx, book, (month,), months=True)).get(month, {})
    wrong += [f"{where[0]} {month.isoformat()[:7]}" for where in _unlike(whole, _added_up(kept))]
    return Difference(book.id, month, len(wrong), wrong[0]) if wrong else None


def _unlike(kept: Cells, found: Cells) -> Iterator[Where]:
    return (where for where in sorted(kept.keys() | found.keys()) if kept.get(where) != found.get(where))


def _added_up(days: Mapping[date, Cells]) -> Cells:
    whole: Cells = {}
    for cells in days.values():
        for where, numbers in cells.items():
            before = whole.get(where, (0,) * len(numbers))
            whole[where] = tuple(a + b for a, b in zip(before, numbers, strict=True))
    return whole


async def mend(desk: Desk, difference: Difference) -> None:
    """Write it down and count the month from the facts until all of it is worked out anew."""
    book = next(one for one in BOOKS if one.id == difference.book)
    period = Period(difference.month, after(difference.month))
    await rollups.make_stale(desk, book, each(period))
    await forget(desk.tx, book, period.begins, period.ends)
    await desk.tx.insert(
        rollup_differences,
        {
            "book": difference.book,
            "month": difference.month.isoformat(),
            "cells": difference.cells,
            "example": difference.example,
            "found_at": desk.now,
        },
    )
    await incidents.count(desk.tx, DIFFERED, difference.book, desk.now, times=difference.cells)


async def found_since(tx: Tx, since: datetime) -> tuple[int, str]:
    """How many cells were found to be wrong, and one of them."""
    row = await tx.first(_FOUND, since_at=since)
    return (0, "") if row is None else (int(row.cells), row.example or "")
