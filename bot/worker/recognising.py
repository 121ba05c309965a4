"""Asks the platform by which id across apps it knows a follower: so he and a customer turn out to be one."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.chat.channel import Recognises
from bot.errors import PlatformError, PlatformRejectedError, StoreBusyError
from bot.intake import followers, official_visitors
from bot.store import Tx, union_id_lookups
from bot.store.unclaimed_permissions import Visitor
from bot.worker.bench import Bench, wait

log = structlog.get_logger()

#: In one go; the platform takes 500 calls a second, and who follows comes one by one.
_MOST = 20
#: Until the next try after trouble.
_LATER = timedelta(minutes=10)


class Recogniser:
    """Takes those who are due and asks about one after the other."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    async def run(self) -> None:
        """Ask until cancelled."""
        while True:
            try:
                asked = await self.step()
            except StoreBusyError:
                asked = 0
            if not asked:
                await wait(self._bench.to_recognise, self._bench.poll)

    async def step(self) -> int:
        """Ask about those who are due; how many they were."""
        bench = self._bench
        async with bench.store.read() as tx:
            due = await union_id_lookups.due(tx, now=bench.clock(), most=_MOST)
        for who in due:
            await self._one(who)
        return len(due)

    async def _one(self, who: Visitor) -> None:
        bench = self._bench
        channel = bench.channels.get(who.channel)
        union_id: str | None = None
        if isinstance(channel, Recognises):
            try:
                union_id = await channel.union_id(official_visitors.address_of(who))
            except PlatformRejectedError:
                union_id = ""
            except PlatformError as exc:
                log.warning("follower.not_told", platform=who.channel, error=type(exc).__name__)

        async def unit(tx: Tx) -> None:
            if union_id is None:
                await union_id_lookups.later(tx, who, at=bench.clock() + _LATER)
                return
            await union_id_lookups.done(tx, who)
            if union_id:
                await followers.recognised(bench.desk(tx), who, union_id)

        await bench.store.write(unit, lane_key="recognising", within=5)
        bench.wake()
