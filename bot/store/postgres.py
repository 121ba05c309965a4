"""PostgreSQL: some writers side by side; a lane always goes to the same one."""

from __future__ import annotations

import asyncio
import contextlib
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import psycopg
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from bot.kit.clock import Monotonic
from bot.store.connection import Values
from bot.store.first_inserts import warm_inserts
from bot.store.group import UNIT_SPAN, Failed, Unit, run_group
from bot.store.queueing import Submitted, Waiting, resolve
from bot.store.statement import Compiler, warm

#: Writers in one process.
WRITERS = 4
#: SQLSTATE: the connection failed, the server is being stopped, crashed or is starting.
_GOING = ("08", "57P")
_SETTINGS = (
    # Below the platforms' deadlines, so that a stuck row costs a retry and not a callback.
    "SET lock_timeout = '1500ms'",
    "SET statement_timeout = '2000ms'",
    "SET idle_in_transaction_session_timeout = '10s'",
    "SET TIME ZONE 'UTC'",
)


@cache
def _compiler() -> Compiler:
    """One for the process: what a statement compiles to is the same for every connection."""
    return Compiler(PGDialect_psycopg())  # type: ignore[no-untyped-call]


class PostgresConnection:
    """A writing connection that opens itself again when it was lost."""

    def __init__(self, conninfo: str) -> None:
        self.compiler = _compiler()
        self._conninfo = conninfo
        self._db: psycopg.AsyncConnection[tuple[Any, ...]] | None = None

    async def _open(self) -> psycopg.AsyncConnection[tuple[Any, ...]]:
        if self._db is None or self._db.closed or self._db.broken:
            # Autocommit: BEGIN and COMMIT are ours to say.
            self._db = await psycopg.AsyncConnection.connect(
                self._conninfo, autocommit=True, connect_timeout=5
            )
            for setting in _SETTINGS:
                await self._db.execute(setting)
        return self._db

    def _held(self) -> psycopg.AsyncConnection[tuple[Any, ...]]:
        """The connection on which the group was begun: on a new one COMMIT would do nothing, and succeed."""
        if self._db is None or self._db.closed:
            msg = "the connection was lost"
            raise psycopg.OperationalError(msg)
        return self._db

    async def begin(self) -> None:
        """READ COMMITTED: a repeated delivery waits on the key and then reads the first."""
        await (await self._open()).execute("BEGIN")

    async def commit(self) -> None:
        """Durable unless the server was told otherwise."""
        await self._held().execute("COMMIT")

    async def rollback(self) -> None:
        """Undo the group; a lost connection has undone it already."""
        if self._db is not None:
            with contextlib.suppress(psycopg.Error):
                await self._db.execute("ROLLBACK")

    async def command(self, text: str) -> None:
        """Run SAVEPOINT and its like."""
        await self._held().execute(text.encode())

    async def fetch(self, text: str, values: Values) -> list[Any]:
        """Run and give the rows."""
        cursor = await self._held().execute(text.encode(), values)
        return await cursor.fetchall()

    async def change(self, text: str, values: Values) -> int:
        """Run and give the number of rows touched."""
        return (await self._held().execute(text.encode(), values)).rowcount

    async def change_all(self, text: str, rows: Sequence[Values]) -> None:
        """Run once for each row, in one journey."""
        async with self._held().cursor() as cursor:
            await cursor.executemany(text.encode(), rows)

    async def number(self, name: str) -> int:
        """The next number of a series; a sequence holds no lock."""
        cursor = await self._held().execute("SELECT nextval(%s)", (f"{name}_numbers",))
        row = await cursor.fetchone()
        assert row is not None  # noqa: S101 - nextval gives one row
        return int(row[0])

    async def numbers(self, name: str, n: int) -> Sequence[int]:
        """The next ones; others may come in between."""
        cursor = await self._held().execute(
            "SELECT nextval(%s) FROM generate_series(1, %s)", (f"{name}_numbers", n)
        )
        return [int(row[0]) for row in await cursor.fetchall()]

    def transient(self, error: Exception) -> bool:
        """Deadlocks, serialisation failures, lock time-outs and lost connections pass by."""
        return isinstance(
            error,
            psycopg.errors.DeadlockDetected
            | psycopg.errors.SerializationFailure
            | psycopg.errors.LockNotAvailable
            | psycopg.errors.QueryCanceled,
        ) or self.lost(error)

    def lost(self, error: Exception) -> bool:
        """The server went away, or was killed, while it was being spoken to."""
        if not isinstance(error, psycopg.OperationalError):
            return False
        # A server that is being stopped says so first; the connection ends a moment later.
        return self._db is None or self._db.closed or (error.sqlstate or "").startswith(_GOING)

    def unavailable(self, error: Exception) -> bool:
        """The server is away, full, or a standby that takes nothing."""
        return isinstance(error, psycopg.OperationalError | psycopg.errors.ReadOnlySqlTransaction)

    async def close(self) -> None:
        """Let go."""
        if self._db is not None:
            await self._db.close()


class PostgresWriter:
    """N tasks, each with a queue and a connection of its own."""

    def __init__(
        self,
        conninfo: str,
        monotonic: Monotonic,
        *,
        writers: int = WRITERS,
        unit_span: float = UNIT_SPAN,
        connect: Callable[[str], PostgresConnection] = PostgresConnection,
    ) -> None:
        self._monotonic = monotonic
        self._span = unit_span
        self._desks = [_WriterDesk(connect(conninfo)) for _ in range(writers)]
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to write."""
        for desk in self._desks:
            warm(desk.connection.compiler)
            warm_inserts(desk.connection.compiler)
        self._tasks = [
            asyncio.create_task(self._write(desk), name=f"leadbell-writer-{i}")
            for i, desk in enumerate(self._desks)
        ]

    def submit(self, unit: Unit, *, lane_key: str, urgent: bool) -> asyncio.Future[Any]:
        """Queue a unit at its lane's writer; the future resolves after its group is durable."""
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        desk = self._desks[zlib.crc32(lane_key.encode()) % len(self._desks)]
        desk.waiting.add(Submitted(lane_key, unit, future), urgent=urgent)
        desk.something.set()
        return future

    def taken(self) -> tuple[int, int]:
        """How many groups were written, and how many units in them."""
        return sum(d.waiting.groups for d in self._desks), sum(d.waiting.units for d in self._desks)

    async def _write(self, desk: _WriterDesk) -> None:
        while desk.waiting or not desk.closing:
            if not desk.waiting:
                await desk.something.wait()
                desk.something.clear()
            # Sorted by lane, so that two writers lock in one order; the sort keeps each lane's own order.
            live = sorted((g for g in desk.waiting.take() if not g.future.cancelled()), key=_lane_of)
            if not live:
                continue
            try:
                outcomes = await run_group(
                    desk.connection, [one.unit for one in live], self._monotonic, self._span
                )
            except Exception as exc:  # noqa: BLE001 - a writer that dies would hang every caller
                outcomes = [Failed(exc) for _ in live]
            resolve([(one.future, outcome) for one, outcome in zip(live, outcomes, strict=True)])

    async def close(self) -> None:
        """Finish what was queued, then let go."""
        for desk in self._desks:
            desk.closing = True
            desk.something.set()
        await asyncio.gather(*self._tasks)
        for desk in self._desks:
            await desk.connection.close()


@dataclass(slots=True)
class _WriterDesk:
    """One writer's connection and what waits for it."""

    connection: PostgresConnection
    waiting: Waiting = field(default_factory=Waiting)
    something: asyncio.Event = field(default_factory=asyncio.Event)
    closing: bool = False


def _lane_of(one: Submitted) -> str:
    return one.lane_key
