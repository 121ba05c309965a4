"""Where the process may be killed: at every await, commit, savepoint and statement, and around the wire."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import create_async_engine

from bot.kit.clock import system_monotonic
from bot.store import Store
from bot.store.database import sqlite_path
from bot.store.postgres import PostgresConnection, PostgresWriter
from bot.store.sqlite import FileLock, SqliteConnection, SqliteWriter
from bot.store.statement import Compiler

#: Seconds: a machine that tests many at once is slow, and slowness is not what is tested here.
_SPAN = 10.0
#: One for each database: what was compiled before a fork need not be compiled after it.
_COMPILERS: dict[str, Compiler] = {}


@dataclass(frozen=True, slots=True, order=True)
class Point:
    """The n-th time that the process passes a place."""

    place: str
    n: int

    def __str__(self) -> str:
        return f"{self.place}#{self.n}"


class Watch:
    """Counts what the process passes, and does something to it at one point: kill -9, unless told otherwise."""

    def __init__(self, at: Point | None = None, do: Callable[[], None] | None = None) -> None:
        self._at = at
        self._do = do or (lambda: os.kill(os.getpid(), signal.SIGKILL))
        self._passed: Counter[str] = Counter()
        self.trace: list[Point] = []
        #: Connections with a transaction that is open just now.
        self.open: set[int] = set()

    def __call__(self, place: str) -> None:
        self._passed[place] += 1
        point = Point(place, self._passed[place])
        self.trace.append(point)
        if point == self._at:
            self._do()


class WatchedLoop(asyncio.SelectorEventLoop):
    """An event loop that says each time something that waited goes on: the end of an await."""

    def __init__(self, watch: Watch) -> None:
        super().__init__()
        self._watch = watch

    def _call_soon(self, callback: Callable[..., Any], args: Any, context: Any) -> Any:
        return super()._call_soon(self._go_on, (callback, *args), context)

    def _go_on(self, callback: Callable[..., Any], *args: Any) -> None:
        self._watch("await")
        callback(*args)


class _Watched:
    """In front of a writing connection: says what it is about to do and what it has done."""

    watch: Watch

    async def begin(self) -> None:
        self.watch("begin.before")
        await super().begin()
        self.watch.open.add(id(self))
        self.watch("begin.after")

    async def commit(self) -> None:
        self.watch("commit.before")
        await super().commit()
        self.watch.open.discard(id(self))
        self.watch("commit.after")

    async def rollback(self) -> None:
        await super().rollback()
        self.watch.open.discard(id(self))

    async def command(self, text: str) -> None:
        self.watch(f"{text.split(maxsplit=1)[0].lower()}.before")
        await super().command(text)

    async def fetch(self, text: str, values: object) -> list[object]:
        self.watch("statement.before")
        return await super().fetch(text, values)

    async def change(self, text: str, values: object) -> int:
        self.watch("statement.before")
        return await super().change(text, values)

    async def change_all(self, text: str, rows: object) -> None:
        self.watch("statement.before")
        await super().change_all(text, rows)

    async def number(self, name: str) -> int:
        self.watch("statement.before")
        return await super().number(name)

    async def numbers(self, name: str, n: int) -> Sequence[int]:
        self.watch("statement.before")
        return await super().numbers(name, n)


class WatchedSqlite(_Watched, SqliteConnection):
    def __init__(self, path: str, watch: Watch) -> None:
        super().__init__(path)
        self.watch = watch
        self.compiler = _COMPILERS.setdefault("sqlite", self.compiler)


class WatchedPostgres(_Watched, PostgresConnection):
    def __init__(self, conninfo: str, watch: Watch) -> None:
        super().__init__(conninfo)
        self.watch = watch
        self.compiler = _COMPILERS.setdefault("postgresql", self.compiler)


def open_watched(url: str, watch: Watch) -> Store:
    """As `open_store`, with every step of the writer watched."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite":
        path = sqlite_path(parsed)
        lock = FileLock(path)
        writer = SqliteWriter(WatchedSqlite(str(path), watch), unit_span=_SPAN)
    else:
        lock = None
        conninfo = parsed.set(drivername="postgresql").render_as_string(hide_password=False)
        writer = PostgresWriter(
            conninfo, system_monotonic, unit_span=_SPAN, connect=lambda to: WatchedPostgres(to, watch)
        )
    writer.start()
    return Store(writer=writer, engine=create_async_engine(url), lock=lock, commit_within=_SPAN)
