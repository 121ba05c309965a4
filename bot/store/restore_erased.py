"""Who was erased after a backup was made: brought over, so that a restored backup does not bring him back."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.store.connection import Connection

_COLUMNS = ("lead_id", "family", "reason", "asked_by", "asked_at")
_READ = f"SELECT {', '.join(_COLUMNS)} FROM erasures ORDER BY lead_id"  # noqa: S608 - our own names


def of_file(path: Path) -> list[Sequence[Any]]:
    """Those that the database to be replaced knows of; none where there is none, or it cannot be read."""
    if not path.exists() or path.stat().st_size == 0:
        return []
    try:
        with contextlib.closing(sqlite3.connect(path)) as db:
            return db.execute(_READ).fetchall()
    except sqlite3.DatabaseError:
        return []


async def of_database(connection: Connection) -> list[Sequence[Any]]:
    """The same, of one that is emptied in this transaction."""
    return [tuple(row) for row in await connection.fetch(_READ, ())]


async def again(connection: Connection, dialect: str, rows: Sequence[Sequence[Any]]) -> int:
    """Let whoever the backup does not know as erased wait to be erased once more; how many are new to it."""
    known = {row[0] for row in await connection.fetch("SELECT lead_id FROM erasures", ())}
    new = [row for row in rows if row[0] not in known]
    sign = "%s" if dialect == "postgresql" else "?"
    names = ", ".join((*_COLUMNS, "state", "place", "reached", "mentions"))
    signs = ", ".join([sign] * (len(_COLUMNS) + 4))
    statement = f"INSERT INTO erasures ({names}) VALUES ({signs})"  # noqa: S608 - our own names
    await connection.change_all(statement, [[*row, "waiting", 0, "[]", 0] for row in new])
    return len(new)
