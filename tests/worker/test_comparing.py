"""New leads are compared a few at a time: all of a list without a pause of a minute, and in nobody's way."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

from bot.intake.imports.engine import Tools
from bot.store.tables.quality import uncompared
from bot.worker.bench import Bench
from bot.worker.comparing import AT_ONCE, CompareKeeper
from tests.intake.imports.conftest import bring, rows
from tests.intake.imports.test_leads import enquire

PEOPLE = 63
LIST = (
    "姓名,手机,公司\n" + "".join(f"客户{n % 50},138001380{n:02d},公司{n % 50}\n" for n in range(PEOPLE))
).encode()


def tools_of(bench: Bench) -> Tools:
    return Tools(bench.store, bench.company, bench.vault, bench.clock, bench.random_bytes)


def seconds(*each: float) -> Any:
    """A steady clock that each time is so much later."""
    times: Iterator[float] = iter(each)
    return lambda: next(times)


async def waiting(bench: Bench) -> int:
    return len(await rows(bench.store, "uncompared"))


async def test_a_list_is_worked_through_few_by_few(bench: Bench) -> None:
    """No unit takes more than its few, none is skipped, and whoever is alike is proposed."""
    await bring(tools_of(bench), "leads", LIST)
    rests: list[float] = []

    async def rest(span: float) -> None:
        rests.append(span)

    keeper, left = CompareKeeper(bench, rest=rest), [await waiting(bench)]
    while await keeper.step():
        left.append(await waiting(bench))
    left.append(await waiting(bench))

    assert [before - after for before, after in itertools.pairwise(left)] == [
        *[AT_ONCE] * (PEOPLE // AT_ONCE), PEOPLE % AT_ONCE,
    ]  # fmt: skip
    assert left[-1] == 0
    assert len(rests) == PEOPLE // AT_ONCE + 1
    assert len(await rows(bench.store, "lookalikes")) == PEOPLE - 50
    assert await keeper.step() is False
    assert len(rests) == PEOPLE // AT_ONCE + 1


async def test_it_rests_as_long_as_it_kept_the_store(bench: Bench) -> None:
    """Half of the time is left to others, more where a unit had to wait."""
    await bring(tools_of(bench), "leads", LIST)
    rests: list[float] = []

    async def rest(span: float) -> None:
        rests.append(span)

    slow = replace(bench, monotonic=seconds(10.0, 10.25, 20.0, 23.0))
    keeper = CompareKeeper(slow, rest=rest)
    await keeper.step()
    await keeper.step()

    assert rests == [0.25, 3.0]


async def test_whoever_came_just_now_waits_until_all_is_written_down(bench: Bench, clock: Any) -> None:
    """Two minutes; until then nothing is asked of the writer."""
    await enquire(tools_of(bench), phone="13812345678", name="王伟", company="云帆科技", city="上海")
    keeper = CompareKeeper(bench)

    assert await keeper.step() is False
    assert await waiting(bench) == 1
    clock.push(timedelta(minutes=3))
    await keeper.step()
    assert await waiting(bench) == 0


async def test_others_are_served_between_two_units(bench: Bench) -> None:
    """What is asked of the store meanwhile is done before the next few leads."""
    await bring(tools_of(bench), "leads", LIST)
    seen: list[int] = []

    async def rest(_span: float) -> None:
        # Whoever asks now stands behind nobody.
        seen.append(await bench.store.write(_left, within=5))

    keeper = CompareKeeper(bench, rest=rest)
    while await keeper.step():
        pass

    assert seen == [PEOPLE - n * AT_ONCE for n in range(1, PEOPLE // AT_ONCE + 1)] + [0]


async def _left(tx: Any) -> int:
    return len(await tx.all(uncompared.select()))
