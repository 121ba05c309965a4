"""Keep the live segments: follow what changed, what time changes, and what was defined anew."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

import structlog

from bot.intake import rescore
from bot.intake.rescore import Rescored
from bot.store import Tx, segments
from bot.store.desk import Desk
from bot.worker.bench import Bench
from bot.worker.keeping import keep

log = structlog.get_logger()

#: Leads looked at in one unit, so that nobody at the door waits for it.
_AT_ONCE = 100
_LANE = "segments"


class SegmentKeeper:
    """One of all processes works at a time; the others find nothing to do."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    async def run(self) -> None:
        """Keep until cancelled."""
        await keep(self._bench, self, "segments")

    async def define(self) -> None:
        """Begin what the configuration says, end what it no longer says."""
        if await self._unit(segments.define):
            log.info("segments.defined", live=[one.key for one in self._bench.company.segments.live])
        while await self._unit(lambda desk: segments.clear_stranded(desk, at_most=_AT_ONCE)):
            pass

    async def step(self) -> bool:
        """One round; whether there may be more to do at once."""
        async with self._bench.store.read() as tx:
            if not await segments.is_work(tx, self._bench.clock()):
                return False
        # What changed comes before what is only looked through.
        await self._unit(lambda desk: segments.follow_marks(desk, at_most=_AT_ONCE))
        await self._unit(lambda desk: segments.follow_time(desk, at_most=_AT_ONCE))
        await self._unit(lambda desk: segments.walk(desk, at_most=_AT_ONCE))
        return True

    async def _unit(self, work: Callable[[Desk], Awaitable[int]]) -> int:
        bench = self._bench
        return await bench.store.write(lambda tx: work(bench.desk(tx)), lane_key=_LANE, within=5)


async def nightly(bench: Bench) -> None:
    """Score anew what time has changed, and look through all members once more."""
    last: str | None = ""
    counted = 0
    while last is not None:
        found = await bench.store.write(partial(_rescored, bench, last), lane_key=_LANE, within=5)
        counted, last = counted + found.counted, found.last
    if bench.company.segments.live:
        await bench.store.write(segments.walk_again, lane_key=_LANE, within=5)
    log.info("scores.followed_time", leads=counted)
    bench.wake()


async def _rescored(bench: Bench, after: str, tx: Tx) -> Rescored:
    return await rescore.some(bench.desk(tx), after=after)
