"""The store in virtual time: the same units, groups and statements, on SQLite in memory, in the loop itself.

What is committed outlives the process that committed it, since the connection is the world's.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from bot.store import Store, Tx
from bot.store.connection import UnitTx
from bot.store.database import COMMIT_WITHIN
from bot.store.group import UNIT_SPAN, Failed, Outcome, Unit, run_group
from bot.store.migrate import migrate
from bot.store.queueing import Submitted, Waiting, resolve
from bot.store.sqlite import SqliteConnection, _compiler, finish
from bot.store.statement import warm

#: Seconds that a commit takes: between its beginning and the word to whoever waits.
_QUICK, _SLOW = (0.0003, 0.004), (0.05, 1.3)


@cache
def migrated() -> bytes:
    """An empty database of this version, made once."""
    with tempfile.TemporaryDirectory() as home:
        path = Path(home) / "template.db"
        migrate(f"sqlite+aiosqlite:///{path}")
        with contextlib.closing(sqlite3.connect(path)) as db:
            return db.serialize()


@dataclass
class Disk:
    """What outlives a process, and how it is today."""

    chance: random.Random
    #: How often a commit is slow, and how often the database takes nothing, per group.
    slow: float = 0.0
    busy: float = 0.0
    image: bytes = b""
    db: sqlite3.Connection = field(init=False)
    #: Called after each group that changed something.
    committed: list[Callable[[], None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.db = sqlite3.connect(":memory:", isolation_level=None, cached_statements=512)
        self.db.deserialize(self.image or migrated())
        # SQLite keeps a copy as small as what was put in; without this every growth is a copy.
        self.db.execute("PRAGMA foreign_keys=ON")
        self.db.execute("PRAGMA case_sensitive_like=ON")

    def close(self) -> None:
        self.db.close()


class MemoryConnection(SqliteConnection):
    """The writing connection over a database that is there already."""

    def __init__(self, disk: Disk) -> None:
        self.compiler = _compiler()
        self._db = disk.db
        self._disk = disk

    async def begin(self) -> None:
        if self._disk.busy and self._disk.chance.random() < self._disk.busy:
            error = sqlite3.OperationalError("database is locked")
            error.sqlite_errorcode = sqlite3.SQLITE_BUSY
            raise error
        await super().begin()

    async def close(self) -> None:
        """The database is the world's."""


class InlineWriter:
    """Runs the units that wait as one group, in the loop, when the thread would have."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._connection = MemoryConnection(disk)
        self._waiting = Waiting()
        self._busy = False
        self._loop = asyncio.get_running_loop()

    def start(self) -> None:
        """Nothing to start."""

    def submit(self, unit: Unit, *, lane_key: str, urgent: bool) -> asyncio.Future[Any]:
        future: asyncio.Future[Any] = self._loop.create_future()
        self._waiting.add(Submitted(lane_key, unit, future), urgent=urgent)
        self._next()
        return future

    def _next(self) -> None:
        if self._waiting and not self._busy:
            self._busy = True
            self._loop.call_later(self._span(), self._run)

    def _span(self) -> float:
        chance = self._disk.chance
        return chance.uniform(*(_SLOW if chance.random() < self._disk.slow else _QUICK))

    def _run(self) -> None:
        group = [one for one in self._waiting.take() if not one.future.cancelled()]
        before = self._disk.db.total_changes
        outcomes = self._outcomes(group)
        if self._disk.db.total_changes != before:
            for told in tuple(self._disk.committed):
                told()
        # Durable now; a process that dies here has committed and told nobody.
        self._loop.call_later(self._span(), self._told, group, outcomes)

    def _outcomes(self, group: Sequence[Submitted]) -> list[Outcome]:
        units = [one.unit for one in group]
        try:
            return finish(run_group(self._connection, units, self._loop.time, UNIT_SPAN)) if units else []
        except Exception as exc:  # noqa: BLE001 - as in the thread: each caller hears of it
            return [Failed(exc) for _ in group]

    def _told(self, group: Sequence[Submitted], outcomes: Sequence[Outcome]) -> None:
        self._busy = False
        resolve([(one.future, outcome) for one, outcome in zip(group, outcomes, strict=True)])
        self._next()

    def taken(self) -> tuple[int, int]:
        return self._waiting.groups, self._waiting.units

    async def close(self) -> None:
        """Its process is killed, never closed."""


class Reading(UnitTx):
    """Reads on the world's connection; no unit runs meanwhile, since each runs in one go."""

    async def run(self, *_: Any, **__: Any) -> int:
        msg = "a reading cannot change anything"
        raise RuntimeError(msg)

    insert = insert_new = insert_all = insert_all_new = run_all = number = numbers = run  # type: ignore[assignment]


class InlineStore(Store):
    """The store of one process over the world's database."""

    def __init__(self, disk: Disk, writer: InlineWriter | None = None) -> None:
        self._writer = writer or InlineWriter(disk)
        self._within = COMMIT_WITHIN
        self._connection = MemoryConnection(disk)
        self._disk = disk
        warm_once()

    @property
    def dialect(self) -> str:
        return "sqlite"

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        await asyncio.sleep(self._disk.chance.uniform(*_QUICK))
        yield Reading(self._connection, asyncio.get_running_loop().time, float("inf"))
        await asyncio.sleep(self._disk.chance.uniform(*_QUICK))

    async def close(self) -> None:
        await self._writer.close()


@cache
def warm_once() -> int:
    """Compile what is kept, as a writer does when it starts."""
    return warm(_compiler())
