"""What was promised is on the disk, or nobody was promised anything."""

from __future__ import annotations

import asyncio
import sqlite3

import pytest

from bot.chat.inbound import Accepted
from bot.errors import StoreBusyError
from bot.store import counters, inbox, open_store
from bot.store.group import Done, Failed, run_group
from bot.store.sqlite import SqliteConnection


def path_of(url: str) -> str:
    return url.removeprefix("sqlite+aiosqlite:///")


class DiskFull(SqliteConnection):
    """A disk that is full when it comes to the commit."""

    async def commit(self) -> None:
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error


async def test_a_group_holds_the_write_lock_from_its_beginning(sqlite_url):
    """Taken later, it would fail at once if anybody had written in between, and no waiting would help."""
    connection = SqliteConnection(path_of(sqlite_url))
    await connection.begin()
    other = sqlite3.connect(path_of(sqlite_url), isolation_level=None, timeout=0)

    with pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("BEGIN IMMEDIATE")

    await connection.rollback()
    other.execute("BEGIN IMMEDIATE")
    other.close()
    await connection.close()


@pytest.mark.parametrize("count", [1, 3])
async def test_without_a_commit_every_caller_hears_no(sqlite_url, count):
    """However well the units went; and nothing of them is there."""
    full = DiskFull(path_of(sqlite_url))
    units = [lambda tx: counters.take(tx, "c", cap=None)] * count

    outcomes = await run_group(full, units, lambda: 0.0)

    assert [type(one) for one in outcomes] == [Failed] * count
    assert {type(one.error) for one in outcomes} == {StoreBusyError}
    await full.close()
    sound = SqliteConnection(path_of(sqlite_url))
    (read,) = await run_group(sound, [lambda tx: counters.read(tx, "c")], lambda: 0.0)
    assert read == Done(0)
    await sound.close()


async def test_nobody_is_told_before_the_commit(sqlite_url):
    """Whoever hears «done» finds it from another connection at once."""
    store = open_store(sqlite_url, unit_span=5)
    outside = sqlite3.connect(path_of(sqlite_url))

    async def one(key: str) -> list[tuple[int]]:
        await store.write(lambda tx: counters.take(tx, key, cap=None))
        return outside.execute("SELECT n FROM counters WHERE key = ?", (key,)).fetchall()

    seen = await asyncio.gather(*(one(f"c{number}") for number in range(30)))

    assert seen == [[(1,)]] * 30
    outside.close()
    await store.close()


async def test_a_repeat_after_a_restart_is_a_repeat(sqlite_url, vault, now):
    """What makes it one is in the database, for ever."""
    accepted = Accepted("wecom", "m1", "wecom:user:mei", b"m1")
    answers = []
    for _ in range(3):
        store = open_store(sqlite_url, unit_span=5)
        answers.append(await store.write(lambda tx: inbox.receive(tx, vault, accepted, now=now)))
        await store.write(lambda tx: inbox.receive_all(tx, vault, [accepted, accepted], now=now))
        assert await store.write(inbox.counts) == {"pending": 1}
        await store.close()

    assert answers == [True, False, False]
