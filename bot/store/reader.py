"""Read the database beside whoever runs the bot: no file lock, no writer, nothing can be changed."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import SettingsError
from bot.store.address import NO_DRIVER, absent, address, is_damaged, sqlite_path, unreachable
from bot.store.database import ReadTx
from bot.store.tx import Tx

_PRAGMAS = ("busy_timeout=5000", "query_only=ON", "case_sensitive_like=ON")


class Reader:
    """The database of one installation, for reading alone."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """A Tx that refuses every change; SettingsError if the file turns out to be damaged."""
        try:
            async with self._engine.connect() as connection:
                yield ReadTx(connection)
        except DatabaseError as exc:
            if not is_damaged(exc):
                raise
            raise SettingsError(unreachable(self._engine.url, exc)) from exc

    async def close(self) -> None:
        """Let go."""
        await self._engine.dispose()


def open_reader(url: str) -> Reader:
    """Open an existing database, also while another process writes it; SettingsError says what is wrong."""
    parsed = address(url)
    return Reader(_sqlite(parsed) if parsed.get_backend_name() == "sqlite" else _postgres(parsed))


def _sqlite(url: URL) -> AsyncEngine:
    path = sqlite_path(url)
    if not path.exists():
        raise SettingsError(absent(path))
    engine = create_async_engine(f"sqlite+aiosqlite:///{path}", pool_size=1)

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's own
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return engine


def _postgres(url: URL) -> AsyncEngine:
    try:
        return create_async_engine(
            url.set(drivername="postgresql+psycopg"),
            pool_size=1,
            connect_args={"options": "-c default_transaction_read_only=on -c timezone=UTC"},
        )
    except ImportError as exc:
        raise SettingsError(NO_DRIVER) from exc
