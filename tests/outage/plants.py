"""Bugs put in on purpose: what misses them proves nothing."""

from __future__ import annotations

from bot.store import Tx, inbox, lanes
from bot.store.lanes import Lane
from bot.worker.lanes import LaneWorker


class CountsAfterwards(LaneWorker):
    """Counts a try when it is over: one that kills the process is never counted."""

    async def _take(self, tx: Tx) -> list[Lane]:
        return await lanes.take(tx, by=self._bench.name, now=self._bench.clock(), most=64)

    async def _work(self, lane: Lane) -> None:
        await super()._work(lane)
        await self._bench.store.write(lambda tx: inbox.count_attempt(tx, lane.key))
