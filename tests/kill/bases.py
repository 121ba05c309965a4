"""A fresh database for each crash, copied from one that has the tables and the colleagues."""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy import create_engine

from bot.store.tables.people import logins, users
from tests.conftest import NOW
from tests.kill.plot import REPS
from tests.postgres import Server


class Base(Protocol):
    """Where databases come from."""

    kind: str

    def fresh(self, name: str, *, of: str = "") -> None:
        """Make one, like the template or like another one that was kept."""

    def url(self, name: str) -> str:
        """Its address."""

    def keep(self, name: str, kept: str) -> None:
        """Copy one that nobody uses just now."""

    def settle(self, name: str) -> None:
        """Wait until the server has let go of whoever was killed."""

    def damage(self, name: str) -> list[str]:
        """What is wrong with it as a database."""

    def drop(self, name: str) -> None:
        """Throw it away."""


def hire(url: str, on: str) -> None:
    """Write the colleagues into a template."""
    engine = create_engine(url)
    row = {"role": "rep", "region": "华东大区", "team": "上海组", "position": "", "platform": on}
    state = {"active": True, "on_duty": True, "joined_at": NOW}
    with engine.begin() as connection:
        for user, name in REPS.items():
            connection.execute(users.insert(), {"id": user, "name": name, **row, **state})
            connection.execute(logins.insert(), {"platform": on, "account": user, "user_id": user})
    engine.dispose()


class SqliteBase:
    kind = "sqlite"

    def __init__(self, migrated: Path, home: Path, on: str = "wecom") -> None:
        self._home = home
        self._template = home / "template.db"
        shutil.copy(migrated, self._template)
        hire(f"sqlite:///{self._template}", on)

    def _path(self, name: str) -> Path:
        return self._home / f"{name}.db"

    def fresh(self, name: str, *, of: str = "") -> None:
        shutil.copyfile(self._path(of) if of else self._template, self._path(name))

    def url(self, name: str) -> str:
        return f"sqlite+aiosqlite:///{self._path(name)}"

    def keep(self, name: str, kept: str) -> None:
        # Closed in good order, so that nothing is left in its log of writes.
        assert not self._path(name).with_name(f"{name}.db-wal").exists()
        shutil.copyfile(self._path(name), self._path(kept))

    def settle(self, name: str) -> None:
        """The kernel has closed everything when the process is gone."""

    def damage(self, name: str) -> list[str]:
        connection = sqlite3.connect(self._path(name))
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        connection.close()
        return [f"damaged: {line}" for line in found if line != "ok"]

    def drop(self, name: str) -> None:
        for ending in ("", "-wal", "-shm", ".lock"):
            self._path(name).with_name(f"{name}.db{ending}").unlink(missing_ok=True)


class PostgresBase:
    kind = "postgresql"

    def __init__(self, server: Server, migrated: str, on: str = "wecom") -> None:
        self._server = server
        self._staffed = f"leadbell_kill_{on}_{os.getpid()}"
        self._admin: tuple[int, psycopg.Connection] | None = None
        self._run(f"DROP DATABASE IF EXISTS {self._staffed}")
        self._run(f"CREATE DATABASE {self._staffed} TEMPLATE {migrated}")
        hire(server.url(self._staffed), on)

    def _run(self, statement: str) -> list[tuple[object, ...]]:
        # Each process asks over a connection of its own: one shared across a fork would be garbled.
        if self._admin is None or self._admin[0] != os.getpid():
            conninfo = self._server.url("postgres").replace("+psycopg", "")
            self._admin = (os.getpid(), psycopg.connect(conninfo, autocommit=True))
        cursor = self._admin[1].execute(statement.encode())
        return cursor.fetchall() if cursor.description else []

    def fresh(self, name: str, *, of: str = "") -> None:
        self._run(f"CREATE DATABASE {name} TEMPLATE {of or self._staffed}")

    def url(self, name: str) -> str:
        return self._server.url(name)

    def keep(self, name: str, kept: str) -> None:
        self._run(f"CREATE DATABASE {kept} TEMPLATE {name}")

    def settle(self, name: str) -> None:
        theirs = f"FROM pg_stat_activity WHERE datname = '{name}'"
        until = time.monotonic() + 10
        self._run(f"SELECT pg_terminate_backend(pid) {theirs}")
        while self._run(f"SELECT 1 {theirs}"):
            assert time.monotonic() < until, f"{name} is still in use"
            time.sleep(0.002)

    def damage(self, name: str) -> list[str]:
        return []

    def drop(self, name: str) -> None:
        self._run(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        if self._admin is not None:
            self._admin[1].close()
