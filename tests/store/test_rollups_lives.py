"""Sums through whole lives by the product's own ways: commands, merges and imports, done and undone."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import func, select

from bot.crm.company import Company
from bot.intake.unmerge import Unmerged, unmerge
from bot.kit.ids import RandomBytes
from bot.kit.vault import Vault
from bot.store import Store
from bot.store.metrics.rollup_series import BOOKS
from bot.store.tables.rollups import rollup_days
from bot.worker.rollups import compare
from tests.conftest import HandClock
from tests.handlers.workday import ZHOU, Day
from tests.intake.imports.conftest import Tools, bring, take_back
from tests.intake.lives import hired, live, united
from tests.store.rollups_kit import KeptBench, forgotten, waits

#: Seconds for one of them, on a slow machine that is busy besides.
pytestmark = pytest.mark.timeout(300)
CREATED = {"created", "followed", "opened"}


@pytest.mark.parametrize("seed", [1])
async def test_nothing_is_forgotten_in_whole_lives_and_their_mergings(unit, clock, store, company, seed):
    """Entered, taken, followed up, converted, given back; then merged, and taken apart again."""
    dice = random.Random(seed)
    day = await hired(unit, clock)
    bench = KeptBench(store, company, clock.now)
    await bench.keep()
    ids = []
    for number in range(3):
        ids.append(await live(day, dice, number))
        await _right(bench, day)
    merged = await united(unit, *ids[:2], prefers="kept")
    await _right(bench, day)
    day.push(minutes=60 * 24 * 3)
    assert isinstance(await unit(lambda desk: unmerge(desk, merged.id, by=ZHOU)), Unmerged)
    await _right(bench, day)
    assert await compare(bench, everything=True) == []


async def _right(bench: KeptBench, day: Day) -> None:
    """Nothing was forgotten before it is worked out, nor after."""
    bench.now = day.clock.now
    assert (await waits(bench))[0] > 0
    assert await forgotten(bench) == []
    await bench.keep()
    assert await forgotten(bench) == []


async def test_an_import_and_its_undoing_are_followed(
    lite: Store, company: Company, vault: Vault, clock: HandClock, random_bytes: RandomBytes
):
    """A year of leads comes by one file, and goes again: the sums follow both."""
    bench = KeptBench(lite, company, clock.now)
    await bench.keep()
    tools = Tools(lite, company, vault, clock, random_bytes)
    lines = [f"张{n},138{n:08d},官网,2026-{1 + n % 11:02d}-05" for n in range(40)]
    batch = await bring(tools, "leads", ("姓名,手机,来源,创建时间\n" + "\n".join(lines)).encode())
    assert batch.state == "done"
    created = [book for book in BOOKS if book.id in CREATED]
    assert await forgotten(bench, created) == []
    await bench.keep()
    assert await kept_leads(bench) == 40

    await take_back(tools, batch)
    assert await forgotten(bench, created) == []
    await bench.keep()
    assert await kept_leads(bench) == 0
    assert await compare(bench, everything=True) == []


async def kept_leads(bench: KeptBench) -> int:
    """Leads that the cells of days count."""
    total = select(func.coalesce(func.sum(rollup_days.c.n), 0).label("n")).where(
        rollup_days.c.cube == "created:region+team"
    )
    async with bench.store.read() as tx:
        row = await tx.first(total)
    return int(row.n)
