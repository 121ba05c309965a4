"""The writer: units share a commit, fail alone, and are durable before anybody is told."""

from __future__ import annotations

import asyncio
import time

import pytest

from bot.errors import SettingsError, StoreBusyError, UnitTooSlowError
from bot.store import counters, open_store
from bot.store.tables.machinery import ticks


async def test_units_handed_in_together_all_take_effect(store):
    """A thousand counts at once are a thousand."""
    await asyncio.gather(
        *(store.write(lambda tx: counters.take(tx, "c", cap=None), within=30) for _ in range(1000))
    )

    assert await store.write(lambda tx: counters.read(tx, "c")) == 1000


async def test_a_unit_that_fails_is_undone_alone(store):
    """Its neighbours in the same commit stay."""

    async def breaks(tx):
        await counters.take(tx, "bad", cap=None)
        raise ValueError

    results = await asyncio.gather(
        store.write(lambda tx: counters.take(tx, "good", cap=None)),
        store.write(breaks),
        store.write(lambda tx: counters.take(tx, "good", cap=None)),
        return_exceptions=True,
    )

    assert [type(r) for r in results] == [bool, ValueError, bool]
    async with store.read() as tx:
        assert (await counters.read(tx, "good"), await counters.read(tx, "bad")) == (2, 0)


async def test_a_cap_is_never_exceeded(store):
    """Of a hundred who reach for ten places, ten get one."""
    taken = await asyncio.gather(
        *(
            store.write(lambda tx: counters.take(tx, "c", cap=10), lane_key=str(i), within=30)
            for i in range(100)
        )
    )

    assert sum(taken) == 10
    assert await store.write(lambda tx: counters.read(tx, "c")) == 10


async def test_a_taken_key_inserts_nothing(store, now):
    """The second one hears that it was second."""
    row = {"name": "daily", "at": now}

    assert await store.write(lambda tx: tx.insert_new(ticks, row)) is True
    assert await store.write(lambda tx: tx.insert_new(ticks, row)) is False


async def test_numbers_never_repeat(store):
    """However many ask at once."""
    numbers = await asyncio.gather(
        *(store.write(lambda tx: tx.number("lead"), lane_key=str(i), within=30) for i in range(200))
    )

    assert len(set(numbers)) == 200


async def test_a_unit_that_holds_the_writer_too_long_is_undone(sqlite_url):
    """Half a second of work; here it is told a fifth of that."""
    hurried = open_store(sqlite_url, unit_span=0.1)

    async def slow(tx):
        await counters.take(tx, "slow", cap=None)
        begun = time.thread_time()
        while time.thread_time() - begun < 0.2:
            pass
        await counters.take(tx, "slow", cap=None)

    with pytest.raises(UnitTooSlowError, match="too long"):
        await hurried.write(slow, within=20)

    assert await hurried.write(lambda tx: counters.read(tx, "slow")) == 0
    await hurried.close()


async def test_a_caller_is_not_kept_waiting(lite):
    """When no commit can be had in time he hears «not now», and may ask again."""

    async def slow(tx):
        time.sleep(0.3)  # noqa: ASYNC251 - a long commit

    first = asyncio.ensure_future(lite.write(slow, within=5))
    await asyncio.sleep(0.05)
    with pytest.raises(StoreBusyError):
        await lite.write(lambda tx: counters.take(tx, "c", cap=None), within=0.05)
    await first


async def test_a_second_process_on_one_file_is_told_why(sqlite_url):
    """Two writers would be two truths."""
    first = open_store(sqlite_url)
    try:
        with pytest.raises(SettingsError, match="正被另一个客铃进程使用"):
            open_store(sqlite_url)
    finally:
        await first.close()


async def test_a_missing_file_is_not_replaced_by_an_empty_one(tmp_path):
    """Lost data must be noticed, not papered over."""
    with pytest.raises(SettingsError, match="不存在"):
        open_store(f"sqlite+aiosqlite:///{tmp_path}/gone.db")


async def test_every_commit_is_on_disk(sqlite_url):
    """The writing connection asks for a full sync."""
    from bot.store.sqlite import SqliteConnection

    connection = SqliteConnection(sqlite_url.removeprefix("sqlite+aiosqlite:///"))

    assert await connection.fetch("PRAGMA synchronous", ()) == [(2,)]
    assert await connection.fetch("PRAGMA journal_mode", ()) == [("wal",)]
    await connection.close()


def test_every_statement_of_the_store_compiles_on_both():
    """Before the first tap needs it."""
    from sqlalchemy.dialects import sqlite

    import bot.app.serving  # noqa: F401 - imports every room
    from bot.store.postgres import PostgresConnection
    from bot.store.statement import Compiler, warm

    assert warm(Compiler(sqlite.dialect(paramstyle="qmark"))) > 100
    assert warm(PostgresConnection("").compiler) > 100
