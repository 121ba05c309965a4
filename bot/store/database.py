"""Open the store: where it is, who may write, how it is read."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, Protocol, TypeVar

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import SettingsError, StoreBusyError
from bot.kit.clock import Monotonic, system_monotonic
from bot.store.address import NO_DRIVER, absent, address, sqlite_path
from bot.store.group import UNIT_SPAN, Unit
from bot.store.snapshot import ReadTx, engine_to_read
from bot.store.sqlite import UNAVAILABLE, FileLock, SqliteWriter, checkpoint, open_to_write
from bot.store.tx import Tx

T = TypeVar("T")
#: Seconds a caller waits for a commit before the answer is «not now».
COMMIT_WITHIN = 1.0
_READERS = 5


class Writer(Protocol):
    """Runs units in groups."""

    def start(self) -> None:
        """Begin to write."""

    def submit(self, unit: Unit, *, lane_key: str, urgent: bool) -> asyncio.Future[Any]:
        """Queue a unit."""

    def taken(self) -> tuple[int, int]:
        """How many groups were written, and how many units in them."""

    async def close(self) -> None:
        """Finish and let go."""


def _is_away(exc: DBAPIError) -> bool:
    """A lost server or a locked file, not a statement that is wrong."""
    code = getattr(exc.orig, "sqlite_errorcode", None)
    if code is not None:
        return (code & 0xFF) in UNAVAILABLE
    return exc.connection_invalidated or isinstance(exc, OperationalError)


class Store:
    """The database of one installation."""

    def __init__(
        self,
        *,
        writer: Writer,
        engine: AsyncEngine,
        lock: FileLock | None = None,
        commit_within: float = COMMIT_WITHIN,
    ) -> None:
        self._writer = writer
        self._engine = engine
        self._lock = lock
        self._within = commit_within

    @property
    def dialect(self) -> str:
        """`sqlite` or `postgresql`."""
        return self._engine.dialect.name

    def taken(self) -> tuple[int, int]:
        """How many groups this process has written, and how many units in them."""
        return self._writer.taken()

    async def write(
        self,
        unit: Callable[[Tx], Awaitable[T]],
        *,
        lane_key: str = "",
        within: float | None = None,
        urgent: bool = False,
    ) -> T:
        """Run a unit and give its result once it is durable; `urgent` goes first: somebody is at the door.

        Raises StoreBusyError when no commit could be had in time; the unit may then still
        be committed later, so whoever asks again must be recognised by his key.
        """
        future = self._writer.submit(unit, lane_key=lane_key, urgent=urgent)
        # Not a plain timeout: on a busy loop the commit may be in before we are told that time is up.
        await asyncio.wait({future}, timeout=self._within if within is None else within)
        if not future.done():
            future.cancel()
            msg = "no commit in time"
            raise StoreBusyError(msg)
        result: T = future.result()
        return result

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """Read beside the writer, from one snapshot; StoreBusyError while the database is away."""
        try:
            async with self._engine.connect() as connection:
                yield ReadTx(connection)
        except (DBAPIError, PoolTimeoutError) as exc:
            if isinstance(exc, DBAPIError) and not _is_away(exc):
                raise
            msg = "the database cannot be read at present"
            raise StoreBusyError(msg) from exc

    async def tidy(self) -> None:
        """Let the journal hold nothing of what was taken out; PostgreSQL does so by itself in its time."""
        if self.dialect == "sqlite":
            await asyncio.to_thread(checkpoint, str(self._engine.url.database))

    async def close(self) -> None:
        """Finish what was queued, then let go of everything."""
        await self._writer.close()
        await self._engine.dispose()
        if self._lock is not None:
            self._lock.release()


def open_store(
    url: str,
    *,
    monotonic: Monotonic = system_monotonic,
    unit_span: float = UNIT_SPAN,
    writers: int | None = None,
) -> Store:
    """Open an existing, migrated database inside a running loop; SettingsError says what is wrong."""
    parsed = address(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(parsed, unit_span)
    return _open_postgres(parsed, monotonic, unit_span, writers)


def _open_sqlite(url: URL, unit_span: float) -> Store:
    path = sqlite_path(url)
    if not path.exists():
        raise SettingsError(absent(path))
    lock, connection = open_to_write(path)
    writer = SqliteWriter(connection, unit_span=unit_span)
    engine = engine_to_read(url, pool_size=_READERS)
    writer.start()
    return Store(writer=writer, engine=engine, lock=lock)


def _open_postgres(url: URL, monotonic: Monotonic, unit_span: float, writers: int | None) -> Store:
    try:
        from bot.store.postgres import WRITERS, PostgresWriter  # noqa: PLC0415 - the driver is an extra
    except ImportError as exc:
        raise SettingsError(NO_DRIVER) from exc
    conninfo = url.set(drivername="postgresql").render_as_string(hide_password=False)
    writer = PostgresWriter(conninfo, monotonic, writers=writers or WRITERS, unit_span=unit_span)
    engine = engine_to_read(url, pool_size=_READERS)
    writer.start()
    return Store(writer=writer, engine=engine)
