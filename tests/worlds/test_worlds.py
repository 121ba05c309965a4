"""Seeded worlds keep every promise; the machinery finds what is broken, and repeats it exactly."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.worlds import loop
from tests.worlds.house import Parts
from tests.worlds.plants import FOUND_BY, PLANTS
from tests.worlds.run import kept, run
from tests.worlds.weather import CALLS, DELIVERIES, DINGTALK, LINES, MACHINE
from tests.worlds.world import play

ROOT = Path(__file__).resolve().parents[2]
#: Worlds that each run of the suite plays, besides those that are kept.
SEEDS = int(os.environ.get("LEADBELL_TEST_SEEDS", "60"))
#: Seeds within which each planted bug has to be found.
WITHIN = 100


@pytest.mark.timeout(0)
def test_every_world_keeps_every_promise(tmp_path, capsys):
    """Whatever order, faults, deaths and clocks the seed brings."""
    figures = tmp_path / "worlds.json"
    command = [
        sys.executable,
        "-m",
        "tests.worlds",
        "--seeds",
        str(SEEDS),
        "--no-keep",
        "--json",
        str(figures),
    ]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    with capsys.disabled():
        sys.stdout.write(f"\n{done.stdout}")

    assert done.returncode == 0, done.stdout + done.stderr
    counts = json.loads(figures.read_text())
    assert counts["seeds"] == SEEDS + len(kept())
    assert counts["broken"] == {}
    met = {name.removeprefix("fault ") for name in counts["facts"] if name.startswith("fault ")}
    assert met >= {*CALLS, *DELIVERIES, *MACHINE, *DINGTALK, *LINES} or SEEDS < 40
    on = {name for name in counts["facts"] if name.startswith("worlds on")}
    assert {"worlds on wecom", "worlds on dingtalk stream", "worlds on wecom + dingtalk stream"} <= on


def test_a_world_can_be_repeated_to_the_last_byte():
    """The same seed gives the same wire log, breath by breath."""
    first, second, other = play(3), play(3), play(4)

    assert first.digest == second.digest
    assert first.lived == second.lived
    assert first.facts == second.facts
    assert other.digest != first.digest


@pytest.mark.timeout(0)
@pytest.mark.parametrize("plant", sorted(PLANTS))
def test_a_planted_bug_is_found(plant):
    """A check that misses it would prove nothing."""
    tally = run(range(WITHIN), plant=plant, until=FOUND_BY[plant])

    found = [breach for breaches in tally.broken.values() for breach in breaches]
    assert any(breach.startswith(FOUND_BY[plant]) for breach in found), found


def test_who_waits_for_nothing_is_found():
    """A deadlock ends the world instead of the patience of whoever runs it."""

    async def main(virtual):
        await virtual.create_future()

    with pytest.raises(loop.DeadlockError):
        loop.run(1, main)


def test_turning_without_getting_on_is_found():
    async def main(virtual):
        def again():
            virtual.call_soon(again)

        again()
        await virtual.create_future()

    with pytest.raises(loop.StuckError):
        loop.run(1, main)


def test_a_year_passes_at_once():
    async def main(virtual):
        await asyncio.sleep(365 * 86_400)
        return virtual.time()

    assert loop.run(1, main) == pytest.approx(365 * 86_400)


def test_order_is_the_seeds():
    """Tasks that are ready together run in an order that differs between seeds and never for one."""

    async def main(virtual):
        order = []

        async def step(n):
            await asyncio.sleep(1)
            order.append(n)

        await asyncio.gather(*(step(n) for n in range(6)))
        return order

    orders = [tuple(loop.run(seed, main)) for seed in range(20)]
    assert len(set(orders)) > 10
    assert orders == [tuple(loop.run(seed, main)) for seed in range(20)]


def test_the_dead_do_nothing_more():
    """Neither the next line nor the `finally`."""
    done = []

    async def main(virtual):
        process = loop.Process("one")

        async def work():
            try:
                done.append("begun")
                await asyncio.sleep(10)
                done.append("ended")
            finally:
                done.append("cleaned up")

        process.start(work())
        await asyncio.sleep(5)
        process.kill()
        await asyncio.sleep(100)
        return list(done)

    assert loop.run(1, main) == ["begun"]


def test_the_frozen_go_on_where_they_stood():
    async def main(virtual):
        process = loop.Process("one")
        ended = []

        async def work():
            await asyncio.sleep(10)
            ended.append(virtual.time())

        process.start(work())
        await asyncio.sleep(5)
        process.freeze(60)
        await asyncio.sleep(100)
        return ended

    assert loop.run(1, main) == [pytest.approx(65)]


def test_parts_without_a_plant_are_the_programs_own():
    assert Parts() == Parts(name="as it is")
