"""Two keepers at once while a file comes in, is undone, comes again: the sums are those of the facts."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.crm.company import Company
from bot.kit.ids import RandomBytes
from bot.kit.vault import Vault
from bot.store import Store, rollups
from bot.store.metrics.rollup_series import BOOKS
from bot.worker.rollups import RollupKeeper, compare
from tests.conftest import HandClock
from tests.intake.imports.conftest import Tools, bring, take_back
from tests.store.rollups_kit import KeptBench, forgotten, waits
from tests.store.test_rollups_lives import CREATED, kept_leads

#: Seconds for it, on a slow machine that is busy besides.
pytestmark = pytest.mark.timeout(300)
MORE = "姓名,手机,来源,创建时间\n李一,13800990001,官网,2026-08-05\n".encode()


class Held:
    """A store whose reader looks, and goes on only when he is let."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.has_looked, self.may_go = asyncio.Event(), asyncio.Event()
        self._reads = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextlib.asynccontextmanager
    async def read(self) -> AsyncIterator[Any]:
        async with self._store.read() as tx:
            yield tx
        self._reads += 1
        # The first look is only whether there is work.
        if self._reads > 1:
            self.has_looked.set()
            await self.may_go.wait()


async def keeps(bench: Any, work: asyncio.Task[None]) -> int:
    """Keep as fast as it goes until the work is done; in how many rounds."""
    keeper, rounds = RollupKeeper(bench), 0
    while not work.done():
        await keeper.step()
        rounds += 1
        await asyncio.sleep(0)
    return rounds


@pytest.mark.parametrize("times", [1])
async def test_two_keepers_race_an_undoing(
    store: Store, company: Company, vault: Vault, clock: HandClock, random_bytes: RandomBytes, times: int
) -> None:
    """Each of them takes days that change under it; whatever it saw in between, nothing stays wrong.

    At the end one has looked at the facts before they change for the last time, and writes after it.
    """
    bench = KeptBench(store, company, clock.now)
    await bench.keep()
    tools = Tools(store, company, vault, clock, random_bytes)
    lines = [f"张{n},138{n:08d},官网,2026-{6 + n % 6:02d}-05" for n in range(40)]
    file = ("姓名,手机,来源,创建时间\n" + "\n".join(lines)).encode()

    async def to_and_fro() -> None:
        for _ in range(times):
            await take_back(tools, await bring(tools, "leads", file))
        await bring(tools, "leads", file)

    work = asyncio.create_task(to_and_fro())
    rounds = await asyncio.gather(keeps(bench, work), keeps(bench, work))
    await work
    assert min(rounds) > 1, "both looked while it went on"

    await take_back(tools, await bring(tools, "leads", MORE))
    held = Held(store)
    late = asyncio.create_task(RollupKeeper(KeptBench(held, company, clock.now)).step())  # type: ignore[arg-type]
    await held.has_looked.wait()
    await bring(tools, "leads", MORE)
    while await bench.write(rollups.follow_marks):
        pass
    held.may_go.set()
    await late
    await asyncio.gather(bench.keep(), bench.keep())

    assert await waits(bench) == (0, 0)
    assert await forgotten(bench, [book for book in BOOKS if book.id in CREATED]) == []
    assert await compare(bench, everything=True) == []
    assert await kept_leads(bench) == 41
