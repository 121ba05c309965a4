"""What a piece of a file does to the database, in few statements, with what it takes to undo it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
from sqlalchemy import Table, Update, and_, bindparam, update

from bot.crm.user import User
from bot.kit.vault import Vault
from bot.store import counters
from bot.store.claims import holding_key
from bot.store.import_spelling import spell
from bot.store.tables import METADATA
from bot.store.tables.imports import import_effects, import_rows
from bot.store.tx import Tx


@dataclass(slots=True)
class Insert:
    """A row that is added. Without a key it belongs to the record that its line creates."""

    table: str
    values: Mapping[str, Any] = field(repr=False)
    #: Finds it again; then it is undone by itself.
    key: Mapping[str, Any] | None = None


@dataclass(slots=True)
class Change:
    """Columns of a row that was there before: as they were, as they become."""

    table: str
    key: Mapping[str, Any]
    before: Mapping[str, Any] = field(repr=False)
    after: Mapping[str, Any] = field(repr=False)


@dataclass(slots=True)
class Written:
    """One line of a file and all that it does."""

    row: int
    outcome: str
    entity_id: str = ""
    external_id: str = ""
    reason: str = ""
    #: Has one more lead in his hands.
    owner: User | None = None
    #: Sealed.
    raw: bytes | None = field(default=None, repr=False)
    inserts: list[Insert] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


async def write(tx: Tx, vault: Vault, batch_id: str, lines: Sequence[Written], *, now: datetime) -> None:
    """Do it all: rows are added first, then others changed, then all of it is recorded."""
    rows: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for line in lines:
        for one in line.inserts:
            rows[one.table].append(one.values)
        if line.owner is not None:
            await counters.take(tx, holding_key(line.owner.id), cap=None)
    for table, values in rows.items():
        for alike in _by_shape(values):
            await tx.insert_all(METADATA.tables[table], alike)
    for line in lines:
        for change in line.changes:
            await _change(tx, change)
    effects = [effect for line in lines for effect in _effects(vault, batch_id, line)]
    if effects:
        await tx.insert_all(import_effects, effects)
    if lines:
        await tx.insert_all(import_rows, [_row(batch_id, line, now) for line in lines])


def _by_shape(rows: list[Mapping[str, Any]]) -> Iterable[list[Mapping[str, Any]]]:
    """Rows that name the same columns, together; nearly always all of them do."""
    # As many names each: if they were others after all, the insert would miss one and say so.
    if len(set(map(len, rows))) == 1:
        return (rows,)
    shapes: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        shapes.setdefault(tuple(sorted(row)), []).append(row)
    return shapes.values()


def _row(batch_id: str, line: Written, now: datetime) -> dict[str, Any]:
    return {
        "batch_id": batch_id,
        "row": line.row,
        "outcome": line.outcome,
        "entity_id": line.entity_id or None,
        "external_id": line.external_id,
        "reason": line.reason,
        "raw": line.raw,
        "at": now,
    }


async def _change(tx: Tx, change: Change) -> None:
    table = METADATA.tables[change.table]
    statement = _updating(table, tuple(sorted(change.key)), tuple(sorted(change.after)))
    values = {f"to_{name}": value for name, value in change.after.items()}
    await tx.run(statement, **values, **{f"of_{name}": value for name, value in change.key.items()})


@lru_cache(maxsize=256)
def _updating(table: Table, key: tuple[str, ...], columns: tuple[str, ...]) -> Update:
    found = and_(*(table.c[name] == bindparam(f"of_{name}", type_=table.c[name].type) for name in key))
    return update(table).where(found).values({name: bindparam(f"to_{name}") for name in columns})


def _effects(vault: Vault, batch_id: str, line: Written) -> Iterable[dict[str, Any]]:
    found: list[tuple[str, Mapping[str, Any], Mapping[str, Any] | None, Mapping[str, Any] | None]] = [
        (one.table, one.key, None, None) for one in line.inserts if one.key is not None
    ]
    found += [(one.table, one.key, one.before, one.after) for one in line.changes]
    place = f"import_effects:{batch_id}:{line.row}" if found else ""
    for n, (name, key, before, after) in enumerate(found):
        table = METADATA.tables[name]
        yield {
            "batch_id": batch_id,
            "row": line.row,
            "n": n,
            "table_name": name,
            "key": spell(table, key),
            "before": None if before is None else vault.seal(_document(table, before), place),
            "after": None if after is None else vault.seal(_document(table, after), place),
        }


def _document(table: Table, values: Mapping[str, Any]) -> bytes:
    return orjson.dumps(spell(table, values))
