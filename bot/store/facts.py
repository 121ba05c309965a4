"""What the database says of itself: its version, its durability, its size, whether its file is whole."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.engine import URL

from bot.errors import SettingsError
from bot.store.address import NO_DRIVER, absent, address, sqlite_path, unreachable


@dataclass(frozen=True, slots=True)
class Facts:
    """Of one database."""

    kind: str
    version: str
    #: Whether a commit that was answered survives a power cut.
    durable: bool
    #: In the database's own words.
    mode: str
    size: int
    #: What is wrong with the file; empty if nothing is, or if nobody looked.
    trouble: str = ""
    #: SQLite's journal, and what is free on its disk.
    journal: int = 0
    free: int | None = None
    files: tuple[Path, ...] = ()


def facts(url: str, *, look_through: bool) -> Facts:
    """Ask it; `look_through` checks SQLite's file page by page. SettingsError if it does not answer."""
    parsed = address(url)
    return _sqlite(parsed, look_through) if parsed.get_backend_name() == "sqlite" else _postgres(parsed)


def _sqlite(url: URL, look_through: bool) -> Facts:
    path = sqlite_path(url)
    if not path.exists():
        raise SettingsError(absent(path))
    files = tuple(one for end in ("", "-wal", "-shm") if (one := path.with_name(path.name + end)).exists())
    journal = sum(one.stat().st_size for one in files if one.name.endswith("-wal"))
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=5)) as db:
            db.execute("PRAGMA query_only=ON")
            (mode,) = db.execute("PRAGMA journal_mode").fetchone()
            said = db.execute("PRAGMA quick_check(1)").fetchone()[0] if look_through else "ok"
    except sqlite3.Error as exc:
        mode, said = "", str(exc)
    return Facts(
        "SQLite", sqlite3.sqlite_version, True, f"journal_mode={mode}, synchronous=FULL", path.stat().st_size,
        "" if said == "ok" else str(said), journal, shutil.disk_usage(path.parent).free, files,
    )  # fmt: skip


def _postgres(url: URL) -> Facts:
    try:
        import psycopg  # noqa: PLC0415 - the driver is an extra
    except ImportError as exc:
        raise SettingsError(NO_DRIVER) from exc
    try:
        conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(conninfo, connect_timeout=5) as connection:
            version, commit, fsync = (
                _shown(connection, n) for n in ("server_version", "synchronous_commit", "fsync")
            )
            row = connection.execute("SELECT pg_database_size(current_database())").fetchone()
    except psycopg.Error as exc:
        raise SettingsError(unreachable(url, exc)) from exc
    durable = commit != "off" and fsync == "on"
    mode = f"synchronous_commit={commit}, fsync={fsync}"
    return Facts("PostgreSQL", version, durable, mode, 0 if row is None else int(row[0]))


def _shown(connection: Any, name: str) -> str:  # noqa: ANN401 - the driver's own
    (value,) = connection.execute(f"SHOW {name}").fetchone()
    return str(value)
