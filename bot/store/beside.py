"""One small change beside whoever runs the bot: a row that a command has to leave."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bot.errors import SettingsError
from bot.kit.clock import system_monotonic
from bot.store import open_store
from bot.store.address import address, sqlite_path
from bot.store.connection import UnitTx
from bot.store.sqlite import SqliteConnection
from bot.store.tx import Tx

T = TypeVar("T")
#: Seconds.
_WITHIN = 10.0


async def write_beside(url: str, work: Callable[[Tx], Awaitable[T]]) -> T:
    """Do it in one commit; SQLite lets one writer after the other, so it has to be short.

    The file's lock is not taken: it says who works on the inbox, and that stays whoever it is.
    """
    parsed = address(url)
    if parsed.get_backend_name() != "sqlite":
        store = open_store(url)
        try:
            return await store.write(work, within=_WITHIN)
        finally:
            await store.close()
    path = sqlite_path(parsed)
    connection = SqliteConnection(str(path))
    try:
        await connection.begin()
        found = await work(UnitTx(connection, system_monotonic, system_monotonic() + _WITHIN))
        await connection.commit()
    except sqlite3.OperationalError as exc:
        await connection.rollback()
        msg = f"数据库 {path} 现在写不进去，这件事要留下记录才能做（{exc}）。请稍后再试，或检查权限和磁盘。"
        raise SettingsError(msg) from exc
    else:
        return found
    finally:
        await connection.close()
