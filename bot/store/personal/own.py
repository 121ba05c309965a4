"""A walk through everything that is his, so many rows in each unit, and what is learned of him on the way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    LargeBinary,
    PrimaryKeyConstraint,
    Select,
    UniqueConstraint,
    bindparam,
    select,
    tuple_,
)

from bot.store.desk import Desk
from bot.store.personal import rows as writing
from bot.store.personal.read import broken
from bot.store.personal.register import TIES
from bot.store.personal.tie import Tie
from bot.store.personal.traces import Known, is_telling
from bot.store.personal.walk import typed
from bot.store.personal.whose import own_accounts
from bot.store.tx import Tx

#: Rows of one unit: whoever has no more than that is out with the first commit, as a whole.
BUDGET = 1_000
#: Values that one statement is asked with.
_WANTED = 500
#: A table of more rows than that is not read from end to end twice in one unit.
_LONG = 20_000


@dataclass(frozen=True, slots=True)
class Stand:
    """How far it has come: at which entry of the register, and behind which row there."""

    place: int = 0
    #: The first of the ids that are looked for, then the last row's key.
    reached: tuple[Any, ...] = ()

    @property
    def is_through(self) -> bool:
        """Nothing of his is left."""
        return self.place >= len(TIES)


async def take_some(desk: Desk, known: Known, stand: Stand, *, budget: int = BUDGET) -> Stand:
    """One unit of it; what the rows tell of him is in `known` before they are emptied."""
    left = budget
    while left > 0 and not stand.is_through:
        tie = TIES[stand.place]
        if tie.of == "own_accounts" and "own_accounts" not in known.ids:
            known.ids["own_accounts"] = await own_accounts(desk.tx, known.ids)
        begin, *after = stand.reached or (0,)
        wanted = sorted(known.ids.get(tie.of, ()))[begin : begin + _WANTED]
        if not wanted or _is_silent(stand.place):
            stand = Stand(stand.place + 1)
            continue
        most = max(1, left // tie.weight)
        rows = await _next(desk.tx, stand.place, wanted, after, most)
        await _take(desk, known, tie, rows)
        left -= len(rows) * tie.weight
        if not _is_indexed(tie) and await _is_long(desk.tx, stand.place):
            left = 0
        is_last = len(rows) < most
        stand = Stand(stand.place, (begin + _WANTED,) if is_last else (begin, *_key(tie, rows[-1])))
    return stand


async def _take(desk: Desk, known: Known, tie: Tie, rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        known.learn(str(tie.table.name), {**row, **broken(tie.seals, row, desk.vault)})
        for kind, column in tie.gives.items():
            if row[column]:
                known.ids.setdefault(kind, set()).add(row[column])
    known.rows += await writing.take_out(desk, tie, rows)


async def _next(
    tx: Tx, place: int, wanted: Sequence[str], after: Sequence[Any], most: int
) -> list[dict[str, Any]]:
    keys = list(TIES[place].table.primary_key.columns)
    known = {f"after_{n}": typed(keys[n], part) for n, part in enumerate(after)}
    query = _behind(place, is_first=not after)
    columns = _columns(place)
    return [
        {column.name: row[n] for n, column in enumerate(columns)}
        for row in await tx.all(query, those=list(wanted), most=most, **known)
    ]


def _key(tie: Tie, row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in tie.table.primary_key.columns)


@cache
def _columns(place: int) -> list[Column[Any]]:
    """Whole files are not read only to be dropped."""
    tie = TIES[place]
    return [
        column
        for column in tie.table.columns
        if not (tie.drop and isinstance(column.type, LargeBinary) and column.name not in tie.seals)
    ]


@cache
def _behind(place: int, *, is_first: bool) -> Select[Any]:
    tie = TIES[place]
    keys = list(tie.table.primary_key.columns)
    those = tie.table.c[tie.by].in_(bindparam("those", expanding=True))
    query = select(*_columns(place)).where(those).order_by(*keys).limit(bindparam("most"))
    if is_first:
        return query
    after = [bindparam(f"after_{n}", type_=one.type) for n, one in enumerate(keys)]
    return query.where(keys[0] > after[0] if len(keys) == 1 else tuple_(*keys) > tuple_(*after))


@cache
def _is_silent(place: int) -> bool:
    """Counts and nothing else: nothing is emptied, nothing is learned."""
    tie = TIES[place]
    return not (tie.drop or tie.wipe or tie.gives or is_telling(tie.table))


def _is_indexed(tie: Tie) -> bool:
    firsts = {next(iter(one.columns)).name for one in tie.table.indexes}
    firsts |= {
        next(iter(one.columns)).name
        for one in tie.table.constraints
        if isinstance(one, PrimaryKeyConstraint | UniqueConstraint) and list(one.columns)
    }
    return tie.by in firsts


@cache
def _far(place: int) -> Select[Any]:
    keys = list(TIES[place].table.primary_key.columns)
    return select(keys[0]).order_by(*keys).limit(1).offset(_LONG)


async def _is_long(tx: Tx, place: int) -> bool:
    return await tx.first(_far(place)) is not None
