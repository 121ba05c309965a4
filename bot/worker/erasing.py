"""Goes on with erasures: through everything that only mentions somebody, some rows at a time."""

from __future__ import annotations

import structlog

from bot.crm.user import SYSTEM
from bot.store.personal import erase
from bot.worker.bench import Bench
from bot.worker.keeping import keep

log = structlog.get_logger()
_LANE, _WITHIN = "erasing", 10.0


class ErasureKeeper:
    """One unit for each step, so that nobody waits for it and a crash loses nothing."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    async def run(self) -> None:
        """Keep until cancelled."""
        await keep(self._bench, self, "erasing")

    async def define(self) -> None:
        """Nothing hangs on the configuration."""

    async def step(self) -> bool:
        """One step of the first that waits; whether there may be more at once."""
        bench = self._bench
        async with bench.store.read() as tx:
            open_ = await erase.waiting(tx)
        if not open_:
            return False
        first = open_[0]
        if await bench.store.write(
            lambda tx: erase.go_on(bench.desk(tx), first.lead_id, by=SYSTEM), lane_key=_LANE, within=_WITHIN
        ):
            return True
        log.info("person.forgotten", lead=first.lead_id)
        await bench.store.tidy()
        return True
