"""Cells in their tables: only what differs is written, and months follow their days."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    Delete,
    Select,
    Table,
    TextClause,
    Update,
    and_,
    bindparam,
    delete,
    select,
    text,
    update,
)

from bot.store.metrics.rollup_days import month_of
from bot.store.metrics.rollup_facts import Cells, Numbers, Where, as_row, filled, from_row
from bot.store.metrics.rollup_series import Book
from bot.store.tables.rollups import DIMS, SUMS, rollup_days, rollup_months
from bot.store.tx import Tx

_NUMBERS = ("n", *(f"s{n}" for n in range(SUMS)))
_KEY = ("cube", "begins", *(f"d{n}" for n in range(DIMS)))


def _stored(table: Table) -> Select[Any]:
    return select(table).where(
        table.c.cube.in_(bindparam("cubes", expanding=True)),
        table.c.begins.in_(bindparam("those", expanding=True)),
    )


def _is_cell(table: Table) -> Any:  # noqa: ANN401 - a condition
    return and_(*(table.c[name] == bindparam(f"of_{name}") for name in _KEY))


def _change(table: Table) -> Update:
    return update(table).where(_is_cell(table)).values({name: bindparam(f"new_{name}") for name in _NUMBERS})


_STORED = {table.name: _stored(table) for table in (rollup_days, rollup_months)}
_CHANGE_DAY: Update = _change(rollup_days)
_DROP_DAY: Delete = delete(rollup_days).where(_is_cell(rollup_days))
#: Nought may stand where there is nothing: a sum that a series does not have is never read.
_ADD_TO_MONTH: TextClause = text(
    f"INSERT INTO rollup_months ({', '.join((*_KEY, *_NUMBERS))})"  # noqa: S608 - our own names
    f" VALUES ({', '.join(f':{name}' for name in (*_KEY, *_NUMBERS))})"
    f" ON CONFLICT ({', '.join(_KEY)}) DO UPDATE SET "
    + ", ".join(f"{name} = rollup_months.{name} + excluded.{name}" for name in _NUMBERS)
)
_DROP_EMPTY = delete(rollup_months).where(
    rollup_months.c.cube.in_(bindparam("cubes", expanding=True)),
    rollup_months.c.begins.in_(bindparam("those", expanding=True)),
    rollup_months.c.n == 0,
)
_FORGET = {
    table.name: delete(table).where(
        table.c.cube.in_(bindparam("cubes", expanding=True)),
        table.c.begins >= bindparam("since"),
        table.c.begins < bindparam("until"),
    )
    for table in (rollup_days, rollup_months)
}


@cache
def cubes_of(book: Book) -> Mapping[str, int]:
    """The cubes of a book and how many sums the cells of each have."""
    return {one.cube(grain): one.width for one in book.series for grain in one.grains}


async def stored(tx: Tx, book: Book, begins: Sequence[date], *, months: bool = False) -> dict[date, Cells]:
    """What is kept of these days or months."""
    found: dict[date, Cells] = defaultdict(dict)
    if not begins:
        return found
    widths = cubes_of(book)
    table = rollup_months if months else rollup_days
    those = [one.isoformat() for one in begins]
    for row in await tx.all(_STORED[table.name], cubes=list(widths), those=those):
        where, numbers = from_row(row, widths[row.cube])
        found[date.fromisoformat(row.begins)][where] = numbers
    return found


async def put_down(tx: Tx, book: Book, days: Mapping[date, Cells]) -> None:
    """Make the cells of these days what was worked out; their months follow."""
    before = await stored(tx, book, tuple(days))
    added: list[Mapping[str, Any]] = []
    changed: list[Mapping[str, Any]] = []
    gone: list[Mapping[str, Any]] = []
    months: dict[date, dict[Where, list[int]]] = defaultdict(dict)
    for day, cells in days.items():
        kept = before.get(day, {})
        for where in cells.keys() | kept.keys():
            old, new = kept.get(where), cells.get(where)
            if old == new:
                continue
            _follow(months[month_of(day)], where, filled(old or (0,)), filled(new or (0,)))
            if new is None:
                gone.append(_of(day, where))
            elif old is None:
                added.append(as_row(day, where, new))
            else:
                row = as_row(day, where, new)
                changed.append({**_of(day, where), **{f"new_{name}": row[name] for name in _NUMBERS}})
    if gone:
        await tx.run_all(_DROP_DAY, gone)
    if changed:
        await tx.run_all(_CHANGE_DAY, changed)
    if added:
        await tx.insert_all(rollup_days, added)
    await _months(tx, book, months)


def _follow(month: dict[Where, list[int]], where: Where, old: Numbers, new: Numbers) -> None:
    sums = month.setdefault(where, [0] * len(new))
    for n, (was, becomes) in enumerate(zip(old, new, strict=True)):
        sums[n] += becomes - was


async def _months(tx: Tx, book: Book, months: Mapping[date, Mapping[Where, Sequence[int]]]) -> None:
    rows = [
        as_row(month, where, tuple(numbers))
        for month, cells in sorted(months.items())
        for where, numbers in sorted(cells.items())
        if any(numbers)
    ]
    if rows:
        await tx.run_all(_ADD_TO_MONTH, rows)
        those = [month.isoformat() for month in months]
        await tx.run(_DROP_EMPTY, cubes=list(cubes_of(book)), those=those)


async def forget(tx: Tx, book: Book, month: date, until: date) -> None:
    """Drop the cells of a month and of its days; every one of these days must be marked as stale."""
    span = {"since": month.isoformat(), "until": until.isoformat()}
    for statement in _FORGET.values():
        await tx.run(statement, cubes=list(cubes_of(book)), **span)


def _of(day: date, where: Where) -> dict[str, Any]:
    row = as_row(day, where, (0,))
    return {f"of_{name}": row[name] for name in _KEY}
