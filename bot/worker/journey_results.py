"""Each night: whose goal is reached by now is written down; steps of ways that ended long ago become sums."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import structlog

from bot.crm.company.journeys import Journey
from bot.crm.condition import Condition
from bot.journeys.outline import splits_of
from bot.store import Tx, journey_folding, journey_goals, journeys
from bot.worker.bench import Bench

log = structlog.get_logger()
_AT_ONCE = 200
_DAY = timedelta(days=1)


async def nightly(bench: Bench) -> None:
    """Both."""
    await see_goals(bench)
    await fold(bench)


async def see_goals(bench: Bench) -> int:
    """Look at everybody whose window is open; how many have reached their goal since the last night."""
    found = 0
    for (key, number), one in (await _versions(bench)).items():
        if one.goal is not None:
            # What happened in the last hours of a window is seen the night after.
            since = bench.clock() - timedelta(days=one.goal_days) - _DAY
            found += await _see(bench, key, number, one.goal, since)
    if found:
        log.info("journey.goals_seen", count=found)
    return found


async def _see(bench: Bench, key: str, number: int, goal: Condition, since: datetime) -> int:
    after, found = "", 0
    while True:
        async with bench.store.read() as tx:
            ways = await journey_goals.open_ways(
                tx, key, number, since=since, after=after, most=_AT_ONCE
            )  # fmt: skip
        if not ways:
            return found
        after = ways[-1][0]

        async def unit(tx: Tx, those: list[tuple[str, str]] = ways) -> int:
            desk = bench.desk(tx)
            return await journey_goals.look(tx, desk.company, those, goal, now=desk.now)

        found += await bench.store.write(unit, lane_key=f"journey:{key}", within=10)


async def fold(bench: Bench) -> int:
    """Walk over all ways that still have steps; how many steps became sums."""
    before = bench.clock() - timedelta(days=bench.company.touch.keep_steps_days)
    after, dropped = "", 0
    known = await _versions(bench)
    while True:
        async with bench.store.read() as tx:
            ways, reached = await journey_folding.old(tx, after, before=before, most=_AT_ONCE)
        for (key, number), ids in ways.items():
            one = known.get((key, number))
            if one is not None:
                dropped += await _fold(bench, key, one, ids)
        if reached is None:
            break
        after = reached
    if dropped:
        log.info("journey.steps_folded", count=dropped)
    return dropped


async def _fold(bench: Bench, key: str, one: Journey, ids: list[str]) -> int:
    splits, tag = splits_of(one), bench.company.touch.test_tag
    return await bench.store.write(
        lambda tx: journey_folding.fold(
            tx, key, ids, splits=splits, repeats=one.may_repeat, test_tag=tag
        ),
        lane_key=f"journey:{key}",
        within=10,
    )  # fmt: skip


async def _versions(bench: Bench) -> Mapping[tuple[str, int], Journey]:
    async with bench.store.read() as tx:
        return {
            (key, one.version): one.definition
            for key in await journeys.states(tx)
            for one in await journeys.versions(tx, key)
        }
