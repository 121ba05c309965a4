"""A walk through a whole table by its key, some rows at a time: nobody waits, and it can go on later."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Column, Date, Select, bindparam, select, tuple_

from bot.store.personal.tie import Mention
from bot.store.personal.whose import values
from bot.store.tables import METADATA
from bot.store.tx import Tx

AT_ONCE = 300


async def look_through(tx: Tx, mention: Mention) -> AsyncIterator[dict[str, Any]]:
    """Every row of it."""
    reached: Sequence[Any] = ()
    while rows := await some(tx, mention, reached):
        for row in rows:
            yield row
        reached = place_of(mention, rows[-1])


async def some(tx: Tx, mention: Mention, reached: Sequence[Any]) -> list[dict[str, Any]]:
    """The next rows behind a place."""
    table = mention.table
    kept = zip(table.primary_key.columns, reached, strict=False)
    known = {f"after_{n}": typed(column, part) for n, (column, part) in enumerate(kept)}
    rows = await tx.all(_behind(table.name, is_first=not reached), **known)
    return [values(table, row) for row in rows]


def place_of(mention: Mention, row: dict[str, Any]) -> tuple[Any, ...]:
    """Where a row stands."""
    return tuple(row[column.name] for column in mention.table.primary_key.columns)


def typed(column: Column[Any], part: Any) -> Any:  # noqa: ANN401 - a part of a key
    """A place is kept as a document, which knows no days."""
    is_day = isinstance(column.type, Date) and isinstance(part, str)
    return date.fromisoformat(part) if is_day else part


@cache
def _behind(name: str, *, is_first: bool) -> Select[Any]:
    table = METADATA.tables[name]
    keys = list(table.primary_key.columns)
    query = select(table).order_by(*keys).limit(AT_ONCE)
    if is_first:
        return query
    if len(keys) == 1:
        return query.where(keys[0] > bindparam("after_0", type_=keys[0].type))
    after = tuple_(*(bindparam(f"after_{n}", type_=one.type) for n, one in enumerate(keys)))
    return query.where(tuple_(*keys) > after)
