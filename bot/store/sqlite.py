"""SQLite: one connection, one thread, one group after another.

Units are coroutines that never wait here, so the thread drives them to their end itself:
no hop between threads per statement, and the event loop stays free.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import sqlite3
import sys
import threading
from collections.abc import Coroutine, Sequence
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy.dialects import sqlite

from bot.errors import SettingsError, StoreBusyError
from bot.kit.clock import Monotonic, thread_seconds
from bot.store.connection import Values
from bot.store.first_inserts import warm_inserts
from bot.store.group import UNIT_SPAN, Failed, Outcome, Unit, run_group
from bot.store.queueing import Submitted, Waiting, resolve
from bot.store.statement import Compiler, warm

T = TypeVar("T")
#: Seconds. Python lets a busy thread run for ten times as long; the loop, which lets go at each
#: socket, would wait that long for its turn again and again while the writer works.
_SWITCH = 0.0005
#: «LBel», so that another program's file is not taken for ours.
APPLICATION_ID = 0x4C42656C
_PRAGMAS = (
    *("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "case_sensitive_like=ON"),
    # What is taken out is overwritten, not only let go of.
    "secure_delete=ON",
)
UNAVAILABLE = frozenset(
    (
        *(sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_BUSY),
        *(sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_CANTOPEN),
    )
)
_NEXT_NUMBER = (
    "INSERT INTO numbers (name, n) VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET n = n + 1 RETURNING n"
)

_NEXT_NUMBERS = (
    "INSERT INTO numbers (name, n) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET n = n + ? RETURNING n"
)


def checkpoint(path: str) -> None:
    """Bring the journal into the file and empty it; what somebody still reads stays until the next time."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=1)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@cache
def _compiler() -> Compiler:
    """One for the process: what a statement compiles to is the same for every connection."""
    return Compiler(sqlite.dialect(paramstyle="qmark"))


class SqliteConnection:
    """The writing connection; every method ends without waiting."""

    def __init__(self, path: str) -> None:
        self.compiler = _compiler()
        self._db = sqlite3.connect(
            path, isolation_level=None, check_same_thread=False, timeout=5, cached_statements=512
        )
        for pragma in _PRAGMAS:
            self._db.execute(f"PRAGMA {pragma}")

    def prove_writable(self) -> None:
        """Fail now if nothing will ever be written; a lock that somebody holds just now will pass."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            self._db.execute("ROLLBACK")
        except sqlite3.OperationalError as exc:
            if _code_of(exc) not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                raise

    async def begin(self) -> None:
        """Take the write lock at once: a later upgrade would fail without waiting."""
        self._db.execute("BEGIN IMMEDIATE")

    async def commit(self) -> None:
        """Durable: synchronous=FULL."""
        self._db.execute("COMMIT")

    async def rollback(self) -> None:
        """Undo the group, if one is open."""
        if self._db.in_transaction:
            with contextlib.suppress(sqlite3.OperationalError):
                self._db.execute("ROLLBACK")

    async def command(self, text: str) -> None:
        """Run SAVEPOINT and its like."""
        self._db.execute(text)

    async def fetch(self, text: str, values: Values) -> list[Any]:
        """Run and give the rows."""
        return self._db.execute(text, values).fetchall()

    async def change(self, text: str, values: Values) -> int:
        """Run and give the number of rows touched."""
        return self._db.execute(text, values).rowcount

    async def change_all(self, text: str, rows: Sequence[Values]) -> None:
        """Run once for each row."""
        self._db.executemany(text, rows)

    async def number(self, name: str) -> int:
        """The next number of a series."""
        row = self._db.execute(_NEXT_NUMBER, (name,)).fetchone()
        return int(row[0])

    async def numbers(self, name: str, n: int) -> Sequence[int]:
        """The next ones: a block without gaps."""
        row = self._db.execute(_NEXT_NUMBERS, (name, n, n)).fetchone()
        return range(int(row[0]) - n + 1, int(row[0]) + 1)

    def transient(self, error: Exception) -> bool:
        """Nothing is worth a second try: the one writer waits for no other."""
        del error
        return False

    def lost(self, error: Exception) -> bool:
        """Nothing lies between us and the file."""
        del error
        return False

    def unavailable(self, error: Exception) -> bool:
        """Full, not writable, or held by another program: nothing is wrong with the unit."""
        return isinstance(error, sqlite3.Error) and (_code_of(error) in UNAVAILABLE)

    async def close(self) -> None:
        """Let go."""
        self._db.close()


def open_to_write(path: Path) -> tuple[FileLock, SqliteConnection]:
    """The file, for us alone; SettingsError if somebody else has it, or we may only read it."""
    try:
        lock = FileLock(path)
        try:
            connection = SqliteConnection(str(path))
            connection.prove_writable()
        except sqlite3.Error:
            lock.release()
            raise
    except (OSError, sqlite3.Error) as exc:
        msg = f"数据库 {path} 无法写入：请检查文件及其所在目录的权限和磁盘（{exc}）。"
        raise SettingsError(msg) from exc
    return lock, connection


def _code_of(error: sqlite3.Error) -> int:
    """SQLite's primary code: the low byte of what it gives; 0 if the error is the driver's own."""
    return int(getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF


def finish(coroutine: Coroutine[Any, Any, T]) -> T:
    """Drive a coroutine that never waits to its end."""
    try:
        coroutine.send(None)
    except StopIteration as stop:
        result: T = stop.value
        return result
    coroutine.close()
    msg = "a unit of work awaited something other than its tx"
    raise RuntimeError(msg)


class SqliteWriter:
    """Takes the units that wait, runs them as one group, and resolves them after the commit."""

    def __init__(
        self,
        connection: SqliteConnection,
        *,
        worked: Monotonic = thread_seconds,
        unit_span: float = UNIT_SPAN,
    ) -> None:
        self._connection = connection
        # A unit's span is its own work: on a busy machine it is not punished for waiting its turn.
        self._worked = worked
        self._span = unit_span
        self._waiting = Waiting()
        self._something = threading.Condition()
        self._gathered: list[tuple[Submitted, bool]] = []
        self._closing = False
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def start(self) -> None:
        """Begin to write; the running loop is the one that is told."""
        self._loop = asyncio.get_running_loop()
        warm(self._connection.compiler)
        warm_inserts(self._connection.compiler)
        sys.setswitchinterval(_SWITCH)
        self._thread = threading.Thread(target=self._write, name="leadbell-writer", daemon=True)
        self._thread.start()

    def submit(self, unit: Unit, *, lane_key: str, urgent: bool) -> asyncio.Future[Any]:
        """Queue a unit; the future resolves after its group is durable."""
        if self._loop is None:
            msg = "the store is not open"
            raise StoreBusyError(msg)
        future: asyncio.Future[Any] = self._loop.create_future()
        if not self._gathered:
            # What this turn of the loop brings goes over together: one wake-up, one commit. No timer.
            self._loop.call_soon(self._hand_over)
        self._gathered.append((Submitted(lane_key, unit, future), urgent))
        return future

    def taken(self) -> tuple[int, int]:
        """How many groups were written, and how many units in them."""
        return self._waiting.groups, self._waiting.units

    def _hand_over(self) -> None:
        with self._something:
            for one, urgent in self._gathered:
                self._waiting.add(one, urgent=urgent)
            self._something.notify()
        self._gathered.clear()

    def _write(self) -> None:
        while True:
            with self._something:
                while not self._waiting and not self._closing:
                    self._something.wait()
                group = self._waiting.take()
            if not group:
                return
            self._run(group)

    def _run(self, group: Sequence[Submitted]) -> None:
        # A caller that gave up before we began is left out; his delivery will be repeated.
        live = [one for one in group if not one.future.cancelled()]
        outcomes: list[Outcome]
        try:
            outcomes = finish(
                run_group(self._connection, [one.unit for one in live], self._worked, self._span)
            )
        except Exception as exc:  # noqa: BLE001 - a writer that dies would hang every caller
            outcomes = [Failed(exc) for _ in live]
        pairs = [(one.future, outcome) for one, outcome in zip(live, outcomes, strict=True)]
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(resolve, pairs)

    async def close(self) -> None:
        """Finish what was queued, then let go."""
        if self._thread is not None:
            self._hand_over()
            with self._something:
                self._closing = True
                self._something.notify()
            await asyncio.to_thread(self._thread.join)
            self._thread = None
        await self._connection.close()


class FileLock:
    """One process to a file; the second one is told at once."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_name(path.name + ".lock")
        self._fd = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as exc:
            holder = os.read(self._fd, 32).decode(errors="replace").strip()
            os.close(self._fd)
            msg = (
                f"数据库 {path} 正被另一个客铃进程使用（进程号 {holder or '未知'}）。"
                "一个 SQLite 文件只能由一个进程使用，请先停止那一个；要同时开几个进程，请用 PostgreSQL。"
            )
            raise SettingsError(msg) from exc
        os.ftruncate(self._fd, 0)
        os.write(self._fd, str(os.getpid()).encode())

    def release(self) -> None:
        """Give the file free."""
        os.close(self._fd)
