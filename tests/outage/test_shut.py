"""A database that somebody else holds, or that may only be read: «not now», then as before; a clear word at the start."""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import resource
import shutil
import sqlite3
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bot.errors import SettingsError, StoreBusyError
from bot.store import Store, open_store
from bot.store.tables.people import feedback
from tests.attack.conftest import Target
from tests.kill.crash import forked, workshop
from tests.kill.stage import run
from tests.story.conftest import ShiftedClock, running


@pytest.fixture
async def target(sqlite_url: str) -> AsyncIterator[Target]:
    async with running(sqlite_url, clock=ShiftedClock()) as world:
        yield Target(world)


@contextlib.contextmanager
def held(url: str) -> Iterator[None]:
    """Another program has begun to write and does not end."""
    other = sqlite3.connect(url.split("///", 1)[1], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def knock(target: Target, numbers: range) -> Counter[int]:
    """Many deliveries at once; how they were answered."""
    made = [target.sealed(target.text("zhangsan", f"反馈 第{n}条", n), nonce=f"n{n}") for n in numbers]
    return Counter(answer[0] for answer in await asyncio.gather(*(target.post(*one) for one in made)))


async def test_a_database_held_by_somebody_else_is_waited_for_and_not_thanked_for(
    target: Target, sqlite_url: str
):
    """503 as long as it lasts; brought again, each has one effect, also those whose commit came late."""
    await target.world.quiet(within=60)
    with held(sqlite_url):
        shut = await knock(target, range(20))
        # Longer than SQLite itself waits for a lock.
        await asyncio.sleep(6)
        shut += await knock(target, range(20, 25))
    for _ in range(100):
        if (again := await knock(target, range(25)))[200] == 25:
            break
        await asyncio.sleep(0.2)
    target.world.clock.push(timedelta(minutes=1))
    await target.world.quiet(within=60)

    assert (set(shut), set(again)) == ({503}, {200})
    said = [row for row in await target.arrived() if row.name == "feedback"]
    assert (len(said), {row.state for row in said}) == (25, {"done"})


def as_nobody(work: object, log: Path) -> int:
    """Do it as somebody without rights of his own; root may write everywhere."""
    log.touch()
    log.chmod(0o666)

    def drop() -> None:
        if os.geteuid() == 0:
            os.setgid(pwd.getpwnam("nobody").pw_gid)
            os.setuid(pwd.getpwnam("nobody").pw_uid)
        work()  # type: ignore[operator]

    return forked(drop, log, 60)


@pytest.mark.parametrize("what", ["file", "folder"])
def test_a_database_that_may_only_be_read_is_refused_at_the_start(sqlite_template: Path, what: str):
    with workshop() as home:
        folder = home / "data"
        folder.mkdir()
        path = Path(shutil.copy(sqlite_template, folder / "leadbell.db"))
        # Whoever may write to the folder can still not write to the file.
        path.chmod(0o444 if what == "file" else 0o666)
        folder.chmod(0o777 if what == "file" else 0o555)

        async def start() -> None:
            with pytest.raises(SettingsError, match="无法写入"):
                open_store(f"sqlite+aiosqlite:///{path}")

        status = as_nobody(lambda: run(start()), home / "log")

        assert status == 0, (home / "log").read_text()


async def _fill(store: Store, found: list[str]) -> None:
    """Write until the disk takes no more, then make room and write on."""
    kept = set()

    async def keep(n: int) -> None:
        row = {"id": f"{n}", "user_id": "zhangsan", "text": b"x" * 24_000, "at": ShiftedClock()()}
        await store.write(lambda tx: tx.insert(feedback, row), within=10)
        kept.add(f"{n}")

    refused = 0
    for n in range(60):
        try:
            await keep(n)
        except StoreBusyError:
            refused += 1
    resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    for n in range(60, 70):
        await keep(n)
    there = {row.id for row in await store.write(lambda tx: tx.all(feedback.select()))}
    found += [] if refused else ["nothing was refused"]
    found += [] if there == kept else [f"confirmed {len(kept)}, there are {len(there)}"]


def test_a_disk_that_fills_up_in_the_middle_of_a_write_loses_nothing_that_was_confirmed(
    sqlite_template: Path,
):
    """The n-th block of a commit does not fit, for many n; with room again it goes on by itself."""
    with workshop() as home:
        for blocks in range(20, 44, 3):
            path = Path(shutil.copy(sqlite_template, home / f"full-{blocks}.db"))
            # The last bytes are half of a block.
            limit = path.stat().st_size + blocks * 4096 + 2048

            def fill(path: Path = path, limit: int = limit) -> None:
                async def work() -> None:
                    store = open_store(f"sqlite+aiosqlite:///{path}", unit_span=10)
                    # The soft one: it can be raised again.
                    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
                    found: list[str] = []
                    await _fill(store, found)
                    await store.close()
                    assert found == []

                run(work())

            status = forked(fill, home / "log", 60)
            assert status == 0, (home / "log").read_text()[-2000:]
            with sqlite3.connect(path) as db:
                assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
