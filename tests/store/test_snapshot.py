"""One reading sees one moment, whatever is written beside it."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import select

from bot.store import incidents
from bot.store.reader import open_reader
from bot.store.tables.machinery import incidents as table
from tests.conftest import NOW


async def count(store) -> None:
    await store.write(lambda tx: incidents.count(tx, "read", "beside", NOW))


async def seen(tx) -> list[int]:
    return [row.n for row in await tx.all(select(table.c.n))]


@pytest.mark.parametrize("beside", [False, True], ids=["its own", "another process"])
async def test_what_is_written_meanwhile_is_not_seen(store, database_url, beside):
    """A page of many questions would else show a sum that no moment had."""
    await count(store)
    reader = open_reader(database_url) if beside else store
    async with reader.read() as tx:
        before = await seen(tx)
        await count(store)
        after = await seen(tx)
    async with reader.read() as tx:
        later = await seen(tx)
    if beside:
        await reader.close()

    assert (before, after, later) == ([1], [1], [2])


async def test_readings_beside_each_other_do_not_wait(store):
    """Each has a connection and a moment of its own."""
    await count(store)
    async with store.read() as first, store.read() as second:
        assert await asyncio.wait_for(asyncio.gather(seen(first), seen(second)), 30) == [[1], [1]]
