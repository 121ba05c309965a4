"""A disk without room and a database that cannot be written: «not now», never a thanks that is not true."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.store.tables.leads import submissions
from tests.attack.conftest import Target


def pragma(target: Target, said: str) -> int:
    """Ask SQLite's writing connection, as no part of the program does."""
    rows = target.world.app.bench.store._writer._connection._db.execute(f"PRAGMA {said}").fetchall()
    return int(rows[0][0]) if rows else 0


async def knock(target: Target, numbers: range) -> list[int]:
    """Deliver one message after the other; the answers."""
    return [
        (await target.post(*target.sealed(target.text("zhangsan", f"帮助{'长' * 400}", n))))[0]
        for n in numbers
    ]


async def forms(target: Target, numbers: range) -> list[int]:
    """Send forms of as many people."""
    found = []
    for n in numbers:
        fields = {"name": "王芳", "phone": f"139123{n:05}", "message": "长" * 300, "city": "上海"}
        async with target.world.http.post(
            f"{target.world.base}/forms/website", json=fields, headers={"X-Forwarded-For": f"9.9.{n % 256}.9"}
        ) as answer:
            found.append(answer.status)
    return found


@pytest.mark.parametrize("trouble", ["full", "read_only"])
async def test_what_cannot_be_kept_is_not_thanked_for_and_it_mends_itself(target: Target, trouble: str):
    """Every 200 has its row, all else is 503; when there is room again nobody has to do anything."""
    await target.world.quiet()
    if trouble == "full":
        pragma(target, f"max_page_count={pragma(target, 'page_count')}")
    else:
        pragma(target, "query_only=1")
    kept, answered = Counter(await knock(target, range(1, 60))), Counter(await forms(target, range(60)))
    async with target.world.http.get(f"{target.world.base}/readyz") as answer:
        ready, said = answer.status, await answer.text()

    assert kept[503] > 10
    assert answered[503] > 10
    assert set(kept) | set(answered) <= {200, 503}
    async with target.world.app.bench.store.read() as tx:
        sent = len(await tx.all(select(submissions.c.id)))
    assert (len(await target.arrived()), sent) == (kept[200], answered[200])
    if trouble == "read_only":
        assert (ready, "StoreBusyError" in said) == (503, True)

    pragma(target, "max_page_count=1000000" if trouble == "full" else "query_only=0")
    assert set(await knock(target, range(100, 110))) == {200}
    assert set(await forms(target, range(100, 105))) == {200}
    # What was on its way to a chat just then is taken up when its lease is over.
    target.world.clock.push(timedelta(minutes=3))
    await target.world.quiet(within=20)
    assert {row.state for row in await target.arrived()} == {"done"}
