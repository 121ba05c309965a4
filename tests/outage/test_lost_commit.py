"""A connection lost on the way of a commit: nobody knows, so nobody is told «done» and nothing runs twice."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import create_async_engine

from bot.errors import StoreBusyError
from bot.kit.clock import system_monotonic
from bot.store import Store
from bot.store.postgres import PostgresConnection, PostgresWriter
from bot.store.tables.people import feedback


class Fragile(PostgresConnection):
    """Loses its server at a commit, before or after the server has heard of it."""

    loses = ""

    async def commit(self) -> None:
        if self.loses == "before":
            await self._drop()
        await super().commit()
        if self.loses == "after":
            await self._drop()
            msg = "server closed the connection unexpectedly"
            raise psycopg.OperationalError(msg)

    async def _drop(self) -> None:
        assert self._db is not None
        await self._db.close()


@pytest.mark.postgres
@pytest.mark.parametrize("loses", ["before", "after"])
@pytest.mark.parametrize("units", [1, 3])
async def test_units_whose_commit_was_lost_are_not_run_again(postgres_url, now, loses, units):
    """Whoever asks again is known by his key; the next commit finds a new connection by itself."""
    conninfo = postgres_url.replace("+psycopg", "")
    made: list[Fragile] = []

    def connect(to: str) -> Fragile:
        made.append(Fragile(to))
        return made[-1]

    writer = PostgresWriter(conninfo, system_monotonic, writers=1, unit_span=10, connect=connect)
    writer.start()
    store = Store(writer=writer, engine=create_async_engine(postgres_url), commit_within=10)
    ran: list[str] = []

    async def keep(tx, name: str) -> None:
        ran.append(name)
        await tx.insert(feedback, {"id": name, "user_id": "zhangsan", "text": b"", "at": now})

    await store.write(lambda tx: tx.all(select(feedback)))
    made[0].loses = loses
    names = [f"lost-{n}" for n in range(units)]
    futures = [writer.submit(lambda tx, n=n: keep(tx, n), lane_key="", urgent=False) for n in names]
    for future in futures:
        with pytest.raises(StoreBusyError):
            await future
    made[0].loses = ""
    await store.write(lambda tx: keep(tx, "after"))
    there = {row.id for row in await store.write(lambda tx: tx.all(select(feedback.c.id)))}
    await store.close()

    assert ran == [*names, "after"]
    assert there == {"after", *(names if loses == "after" else ())}
