"""Rows of one person, taken out or emptied column by column."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import Delete, Table, Update, bindparam, delete, update

from bot.store.desk import Desk
from bot.store.personal.register import TIES
from bot.store.personal.tie import Masked, Seal, Tie
from bot.store.personal.whose import key_of
from bot.store.tables import METADATA
from bot.store.tables.imports import import_effects
from bot.store.tx import Tx

_EFFECTS = delete(import_effects).where(
    import_effects.c.batch_id == bindparam("of_batch"), import_effects.c.row == bindparam("at_row")
)


async def take_out(desk: Desk, tie: Tie, rows: Sequence[Mapping[str, Any]]) -> int:
    """All that the register says of rows of one kind; how many that were."""
    if tie.table.name == "import_rows":
        for row in rows:
            await desk.tx.run(_EFFECTS, of_batch=row["batch_id"], at_row=row["row"])
    if tie.drop:
        await desk.tx.run_all(_dropping(tie.table.name), [key_of(tie.table, row) for row in rows])
        return len(rows)
    if tie.wipe:
        wiped = [{**key_of(tie.table, row), **_emptied(desk, tie, row)} for row in rows]
        await desk.tx.run_all(_emptying(TIES.index(tie)), wiped)
        return len(rows)
    return 0


async def write(tx: Tx, table: Table, key: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Write columns of one row."""
    named = {f"new_{name}": value for name, value in values.items()}
    await tx.run(_writing(table.name, tuple(sorted(values))), **key, **named)


def _emptied(desk: Desk, tie: Tie, row: Mapping[str, Any]) -> dict[str, Any]:
    found = {}
    for name, value in tie.wipe.items():
        seal = tie.seals.get(name)
        if isinstance(value, Masked):
            found[f"new_{name}"] = value.of(desk.vault, row[name]) if row[name] else row[name]
        elif seal is not None and value is not None:
            found[f"new_{name}"] = _sealed(desk, seal, row, value)
        else:
            found[f"new_{name}"] = value if row[name] is not None else None
    return found


def _sealed(desk: Desk, seal: Seal, row: Mapping[str, Any], value: Any) -> Any:  # noqa: ANN401 - text or document
    plain = orjson.dumps(value) if seal.is_json else str(value).encode()
    sealed = desk.vault.seal(plain, seal.at(row))
    return base64.b64encode(sealed).decode() if seal.is_spelled else sealed


# Statements are made once for each table and kept: compiling one costs more than running it.
@cache
def _emptying(place: int) -> Update:
    tie = TIES[place]
    found = _is_row(tie.table)
    where = [*found, tie.only] if tie.only is not None else found
    return update(tie.table).where(*where).values({name: bindparam(f"new_{name}") for name in tie.wipe})


@cache
def _writing(name: str, columns: tuple[str, ...]) -> Update:
    table = METADATA.tables[name]
    return update(table).where(*_is_row(table)).values({one: bindparam(f"new_{one}") for one in columns})


@cache
def _dropping(name: str) -> Delete:
    table = METADATA.tables[name]
    return delete(table).where(*_is_row(table))


def _is_row(table: Table) -> list[Any]:
    return [one == bindparam(f"key_{n}") for n, one in enumerate(table.primary_key.columns)]
