"""Read the database beside whoever runs the bot: no file lock, no writer, nothing can be changed."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.errors import SettingsError
from bot.store.address import absent, address, is_damaged, sqlite_path, unreachable
from bot.store.snapshot import ReadTx, engine_to_read
from bot.store.tx import Tx


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
    if parsed.get_backend_name() == "sqlite" and not (path := sqlite_path(parsed)).exists():
        raise SettingsError(absent(path))
    return Reader(engine_to_read(parsed, pool_size=1))
