"""New leads are compared with those that were there: a few at a time, so that nobody at the door waits."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from bot.intake import likeness
from bot.store import sweeps
from bot.worker.bench import Bench
from bot.worker.keeping import keep

#: Leads in one unit of work: of a common name in a large firm each costs several milliseconds.
AT_ONCE = 5
_WITHIN = 10.0


class CompareKeeper:
    """Works through whoever waits to be compared, a list of a hundred thousand in the background."""

    def __init__(self, bench: Bench, *, rest: Callable[[float], Awaitable[object]] = asyncio.sleep) -> None:
        self._bench = bench
        self._rest = rest

    async def run(self) -> None:
        """Keep until cancelled."""
        await keep(self._bench, self, "comparing")

    async def define(self) -> None:
        """Nothing hangs on the configuration."""

    async def step(self) -> bool:
        """Compare the next few, and rest as long as that took; whether there may be more at once.

        The time counts from the asking to the answer: the longer the store's queue or the loop's delay,
        the longer the rest, so it never has more than half of either.
        """
        bench = self._bench
        async with bench.store.read() as tx:
            if not await sweeps.is_work(tx, until=likeness.settled(bench.clock())):
                return False
        began = bench.monotonic()
        n = await bench.store.write(
            lambda tx: likeness.sweep(bench.desk(tx), most=AT_ONCE), lane_key="likeness", within=_WITHIN
        )
        await self._rest(bench.monotonic() - began)
        return n == AT_ONCE
