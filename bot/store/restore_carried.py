"""What customers got, and said no to, after a backup was made: brought over from the database it replaces.

With it whatever a journey wants anew is known as said. Where that database is gone, cannot be read, or is
another one, nobody knows: then whoever would go on by a step that was due meanwhile, is out of his journey.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from bot.store.connection import Connection
from bot.store.enrollments import DONE
from bot.store.enrollments_merged import MERGED
from bot.store.tables.journeys import (
    journey_coupons,
    journey_enrollments,
    journey_marks,
    journey_sweeps,
)
from bot.store.tables.leads import consents
from bot.store.tables.machinery import instance
from bot.store.tables.touch import touch_plans, touch_suppressions
from bot.store.tx import Tx

RESTORED = "restored"
#: What these name did not come along.
_LEFT_OUT = frozenset({"window_id", "grant_id", "task_id", "lease_until"})
#: Not gone yet, so it may be decided anew; and what may be under way at this moment, or at a colleague's.
_AHEAD, _MAYBE = frozenset({"planned", "leased"}), frozenset({"sending", "asked"})
_TABLES = {
    # Each with what has changed since; the moment is the only parameter.
    touch_plans: "coalesce(ended_at, decided_at) >= {at}",
    touch_suppressions: "at >= {at}",
    consents: "at >= {at} AND NOT given",
    journey_coupons: "given_at >= {at}",
}
_DUE = (
    update(journey_enrollments)
    .where(journey_enrollments.c.state != DONE, journey_enrollments.c.due_at <= bindparam("by"))
    .values(
        state=DONE, place=None, due_at=None, awaits_since=None, ended_at=bindparam("at"), ended_how=RESTORED
    )
)  # fmt: skip
#: Set aside at a merge that may be undone: what stands nowhere is not taken up.
_ASIDE = (
    update(journey_enrollments)
    .where(journey_enrollments.c.ended_how == MERGED, journey_enrollments.c.due_at <= bindparam("by"))
    .values(place=None, due_at=None, awaits_since=None)
)
_SWEPT = (
    update(journey_sweeps)
    .where(journey_sweeps.c.moment < bindparam("at"))
    .values(moment=bindparam("at"), reached=None)
)
_MARKED = delete(journey_marks)
_LAST = select(func.max(consents.c.id).label("n"))


@dataclass(frozen=True, slots=True)
class Carried:
    """Of the database that was there."""

    #: Which one it is: only what the backup was made of knows what became of it.
    instance: str
    #: By table: column by column as they are kept.
    rows: Mapping[str, Sequence[Sequence[Any]]]


def of_file(path: Path, made_at: datetime) -> Carried | None:
    """From a SQLite file; None where there is none, or it cannot be read."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    at = made_at.astimezone(timezone.utc).isoformat(timespec="microseconds")[:-6] + "Z"
    try:
        with contextlib.closing(sqlite3.connect(path)) as db:
            ((known,),) = db.execute(f"SELECT id FROM {instance.name}").fetchall()  # noqa: S608 - our own name
            found = {
                table.name: db.execute(_asked(table, where, "?"), [at]).fetchall()
                for table, where in _TABLES.items()
            }
    except (sqlite3.DatabaseError, ValueError):
        return None
    return Carried(str(known), found)


async def of_database(connection: Connection, made_at: datetime) -> Carried | None:
    """The same, of one that is emptied in this transaction."""
    known = await connection.fetch(f"SELECT id FROM {instance.name}", ())  # noqa: S608 - our own name
    if len(known) != 1:
        return None
    found = {
        table.name: [tuple(row) for row in await connection.fetch(_asked(table, where, "%s"), (made_at,))]
        for table, where in _TABLES.items()
    }
    return Carried(str(known[0][0]), found)


def _asked(table: Any, where: str, sign: str) -> str:  # noqa: ANN401 - a table
    documents = {column.name for column in table.columns if _is_document(column)} if sign == "%s" else set()
    names = (f'"{n}"::text' if n in documents else f'"{n}"' for n in _names(table))
    return f'SELECT {", ".join(names)} FROM "{table.name}" WHERE {where.format(at=sign)}'  # noqa: S608 - ours


def _is_document(column: Any) -> bool:  # noqa: ANN401 - a column
    return type(column.type).__name__ == "Json"


def _names(table: Any) -> list[str]:  # noqa: ANN401 - a table
    return [column.name for column in table.columns]


async def again(connection: Connection, tx: Tx, dialect: str, found: Carried | None) -> int | None:
    """Write down what the backup does not know; how many messages, None if nobody knows of any."""
    ((backed,),) = await connection.fetch(f"SELECT id FROM {instance.name}", ())  # noqa: S608 - our own name
    if found is None or found.instance != str(backed):
        return None
    here = {row[0] for row in await connection.fetch("SELECT id FROM leads", ())}
    sign = "%s" if dialect == "postgresql" else "?"
    await _refused(connection, found.rows[touch_suppressions.name], sign)
    await _given(connection, found.rows[journey_coupons.name], sign)
    await _refusals(connection, tx, [row for row in found.rows[consents.name] if row[1] in here], sign)
    names = _names(touch_plans)
    said = [row for one in found.rows[touch_plans.name] if (row := _said(dict(zip(names, one, strict=True))))]
    rows = [tuple(row[name] for name in names) for row in said if row["lead_id"] in here]
    await _insert(connection, touch_plans, rows, sign)
    ends = f"UPDATE touch_plans SET state = {sign}, ended_at = {sign} WHERE key = {sign} AND state <> {sign}"  # noqa: S608 - ours
    await connection.change_all(
        ends, [(row["state"], row["ended_at"], row["key"], row["state"]) for row in said]
    )
    return len(rows)


def _said(row: dict[str, Any]) -> dict[str, Any] | None:
    """As it counts from now on; None for one that has not gone."""
    if row["state"] in _AHEAD:
        return None
    if row["state"] in _MAYBE:
        row |= {"state": "unknown", "detail": RESTORED, "ended_at": row["ended_at"] or row["decided_at"]}
    return row | dict.fromkeys(_LEFT_OUT)


async def _insert(connection: Connection, table: Any, rows: Sequence[Sequence[Any]], sign: str) -> None:  # noqa: ANN401 - a table
    names = _names(table)
    signs = ", ".join([sign] * len(names))
    listed = ", ".join(f'"{name}"' for name in names)
    statement = f'INSERT INTO "{table.name}" ({listed}) VALUES ({signs}) ON CONFLICT DO NOTHING'  # noqa: S608 - ours
    if rows:
        await connection.change_all(statement, rows)


async def _refused(connection: Connection, rows: Sequence[Sequence[Any]], sign: str) -> None:
    """As it stood last: who had agreed again before the backup may have left again after it."""
    names = _names(touch_suppressions)
    keys = [column.name for column in touch_suppressions.primary_key.columns]
    places = [names.index(name) for name in keys]
    where = " AND ".join(f'"{name}" = {sign}' for name in keys)
    older = f'DELETE FROM "{touch_suppressions.name}" WHERE {where}'  # noqa: S608 - ours
    if rows:
        await connection.change_all(older, [tuple(row[at] for at in places) for row in rows])
    await _insert(connection, touch_suppressions, rows, sign)


async def _given(connection: Connection, rows: Sequence[Sequence[Any]], sign: str) -> None:
    """Codes that were given to somebody stay his, also those that came into the stock since."""
    await _insert(connection, journey_coupons, rows, sign)
    names = _names(journey_coupons)
    known = [dict(zip(names, row, strict=True)) for row in rows]
    given = (
        f'UPDATE "{journey_coupons.name}" SET given_to = {sign}, given_at = {sign} '  # noqa: S608 - ours
        f"WHERE stock = {sign} AND code = {sign} AND given_to IS NULL"
    )
    if known:
        await connection.change_all(
            given, [(row["given_to"], row["given_at"], row["stock"], row["code"]) for row in known]
        )


async def _refusals(connection: Connection, tx: Tx, rows: Sequence[Sequence[Any]], sign: str) -> None:
    """Each once more, under a number of its own."""
    last = await tx.first(_LAST)
    first = int(last.n or 0) + 1 if last is not None else 1
    known = {tuple(row) for row in await connection.fetch("SELECT lead_id, purpose, at FROM consents", ())}
    names = _names(consents)
    at = [names.index(name) for name in ("lead_id", "purpose", "at")]
    new = [row for row in rows if tuple(row[n] for n in at) not in known]
    await _insert(connection, consents, [(first + n, *row[1:]) for n, row in enumerate(new)], sign)


async def let_go(tx: Tx, now: datetime) -> int:
    """Nobody knows what was said meanwhile: end the ways that were due, pass over days that were begun."""
    ended = await tx.run(_DUE, by=now, at=now)
    await tx.run(_ASIDE, by=now)
    await tx.run(_SWEPT, at=now)
    await tx.run(_MARKED)
    return ended
