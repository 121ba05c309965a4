"""What merging changes, row by row, before and after: compared, kept, and put back.

Merging is ordinary work of many parts (owners, scores, tasks, deals), so nobody writes down by hand
what it did: the rows that it may touch are read before and after, and the difference is the journal.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, TypeAlias

import orjson
from sqlalchemy import Delete, Select, Table, Update, bindparam, delete, select, update

from bot.kit.vault import Vault
from bot.store.tables.leads import lead_keys, leads, lifecycle_changes, score_changes, status_changes, tenures
from bot.store.tables.machinery import timers
from bot.store.tables.meta import METADATA
from bot.store.tables.sales import accounts, opportunities, opportunity_changes, task_changes, tasks
from bot.store.tables.segments import lead_tags, tag_changes
from bot.store.tx import Tx

Row: TypeAlias = dict[str, Any]
#: By table, then by primary key.
Rows: TypeAlias = dict[str, dict[tuple[Any, ...], Row]]
#: By lead: what merging may add, change or move of each.
_OF_LEADS = (
    *(lead_keys, tenures, status_changes, lifecycle_changes, score_changes),
    *(lead_tags, tag_changes),
)
#: Of leads: sealed anew at every write, so two different texts may hold the same.
SEALED = ("phone", "email", "message")


@dataclass(frozen=True, slots=True)
class Change:
    """One row; `before` is None if it is new, `after` if it is gone; else only what differs."""

    table: str
    key: tuple[Any, ...]
    before: Row | None
    after: Row | None


@dataclass(frozen=True, slots=True)
class Journal:
    """All that one merging did."""

    changes: tuple[Change, ...] = ()
    #: By table: keys of the rows that were the one lead's and became the other's.
    moved: Mapping[str, list[tuple[Any, ...]]] = field(default_factory=dict)
    #: Leads merged into the one before, which now lead to the other.
    followed: tuple[str, ...] = ()

    def of(self, table: str) -> list[Change]:
        """Changes of one table."""
        return [one for one in self.changes if one.table == table]

    def find(self, table: str, *key: Any) -> Change | None:  # noqa: ANN401 - a key
        """The change of one row."""
        return next((one for one in self.changes if one.table == table and one.key == key), None)


async def snapshot(tx: Tx, ids: Iterable[str]) -> Rows:
    """Every row that merging these leads may change; nobody else changes it until this unit has ended."""
    wanted = sorted(ids)
    found: Rows = {}

    async def take(table: Table, column: str, values: list[str]) -> list[Row]:
        rows = await tx.all(_rows(table.name, column), those=values)
        found[str(table.name)] = those = {_key(table, row): _values(table, row) for row in rows}
        return list(those.values())

    await take(leads, "id", wanted)
    for table in _OF_LEADS:
        await take(table, "lead_id", wanted)
    task_ids = [row["id"] for row in await take(tasks, "lead_id", wanted)]
    await take(task_changes, "task_id", task_ids)
    deals = await take(opportunities, "lead_id", wanted)
    await take(opportunity_changes, "opportunity_id", [row["id"] for row in deals])
    await take(accounts, "id", sorted({row["account_id"] for row in deals}))
    await take(timers, "lane_key", [f"lead:{one}" for one in wanted])
    return found


def compare(before: Rows, after: Rows) -> tuple[Change, ...]:
    """What became of each row."""
    changes = []
    for name, rows in after.items():
        was = before.get(name, {})
        for key, row in rows.items():
            old = was.get(key)
            if old is None:
                changes.append(Change(name, key, None, row))
            elif old != row:
                differ = [column for column in row if row[column] != old[column]]
                changes.append(Change(name, key, {c: old[c] for c in differ}, {c: row[c] for c in differ}))
        changes += [Change(name, key, row, None) for key, row in was.items() if key not in rows]
    return tuple(changes)


async def read(tx: Tx, change: Change) -> Row | None:
    """The row of a change as it is now."""
    table = METADATA.tables[change.table]
    row = await tx.first(_row(change.table), **_named(change))
    return None if row is None else _values(table, row)


async def put(tx: Tx, change: Change, values: Mapping[str, Any]) -> None:
    """Write columns of the row of a change."""
    if values:
        named = {f"new_{column}": value for column, value in values.items()}
        await tx.run(_write(change.table, tuple(sorted(values))), **_named(change), **named)


async def drop(tx: Tx, change: Change) -> None:
    """Take a row out that the merging had put in."""
    await tx.run(_drop(change.table), **_named(change))


async def restore(tx: Tx, change: Change) -> None:
    """Put a row back that the merging had taken out."""
    await tx.insert(METADATA.tables[change.table], change.before or {})


def same(vault: Vault, change: Change, column: str, one: Any, other: Any) -> bool:  # noqa: ANN401 - any value
    """Whether two values of a column mean the same; sealed ones are opened for it."""
    if one == other:
        return True
    if change.table != "leads" or column not in SEALED or not one or not other:
        return False
    place = f"leads.{column}:{change.key[0]}"
    return vault.open(one, place) == vault.open(other, place)


def spell(journal: Journal) -> bytes:
    """The journal as it is sealed."""
    return orjson.dumps(
        {
            "changes": [
                [one.table, [_spell(part) for part in one.key], _spell_row(one.before), _spell_row(one.after)]
                for one in journal.changes
            ],
            "moved": {name: [list(map(_spell, key)) for key in keys] for name, keys in journal.moved.items()},
            "followed": list(journal.followed),
        }
    )


def parse(spelled: bytes) -> Journal:
    """The inverse of `spell`."""
    said = orjson.loads(spelled)
    changes = (
        Change(table, tuple(map(_parse, key)), _parse_row(before), _parse_row(after))
        for table, key, before, after in said["changes"]
    )
    moved = {name: [tuple(map(_parse, key)) for key in keys] for name, keys in said["moved"].items()}
    return Journal(tuple(changes), moved, tuple(said["followed"]))


def _key(table: Table, row: Any) -> tuple[Any, ...]:  # noqa: ANN401 - a row
    columns = list(table.columns)
    return tuple(row[columns.index(one)] for one in table.primary_key.columns)


def _values(table: Table, row: Any) -> Row:  # noqa: ANN401 - a row
    # By place: some columns are called what the drivers' records call methods of theirs.
    return {str(column.name): row[place] for place, column in enumerate(table.columns)}


def _named(change: Change) -> dict[str, Any]:
    return {f"key_{place}": part for place, part in enumerate(change.key)}


def _is(table: Table) -> list[Any]:
    return [column == bindparam(f"key_{place}") for place, column in enumerate(table.primary_key.columns)]


# Statements are made once for each table and kept: compiling one costs more than running it.
@cache
def _rows(table_name: str, column: str) -> Select[Any]:
    table = METADATA.tables[table_name]
    those = table.c[column].in_(bindparam("those", expanding=True))
    return select(table).where(those).order_by(*table.primary_key.columns).with_for_update()


@cache
def _row(table_name: str) -> Select[Any]:
    table = METADATA.tables[table_name]
    return select(table).where(*_is(table)).with_for_update()


@cache
def _write(table_name: str, columns: tuple[str, ...]) -> Update:
    table = METADATA.tables[table_name]
    return update(table).where(*_is(table)).values({c: bindparam(f"new_{c}") for c in columns})


@cache
def _drop(table_name: str) -> Delete:
    table = METADATA.tables[table_name]
    return delete(table).where(*_is(table))


def _spell_row(row: Row | None) -> dict[str, Any] | None:
    return None if row is None else {column: _spell(value) for column, value in row.items()}


def _parse_row(row: dict[str, Any] | None) -> Row | None:
    return None if row is None else {column: _parse(value) for column, value in row.items()}


def _spell(value: Any) -> Any:  # noqa: ANN401 - any column
    match value:
        case bytes() | memoryview():
            return {"$": "bytes", "v": base64.b64encode(bytes(value)).decode()}
        case datetime():
            return {"$": "instant", "v": value.isoformat()}
        case date():
            return {"$": "day", "v": value.isoformat()}
        case Decimal():
            return {"$": "number", "v": str(value)}
        case dict() | list():
            return {"$": "json", "v": value}
        case _:
            return value


def _parse(value: Any) -> Any:  # noqa: ANN401 - any column
    if not isinstance(value, dict):
        return value
    said = value["v"]
    match value["$"]:
        case "bytes":
            return base64.b64decode(said)
        case "instant":
            return datetime.fromisoformat(said)
        case "day":
            return date.fromisoformat(said)
        case "number":
            return Decimal(said)
        case _:
            return said
