"""Each night: drop the bodies of what came by other doors and is old; that it came stays known."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.intake.doors.take import FAILED_FOR
from bot.store import Tx, arrivals, incidents, unclaimed_permissions
from bot.worker.bench import Bench

log = structlog.get_logger()
#: After so long no span is open that a follower opened who was no lead.
_SPANS = timedelta(days=3)
#: Days, for doors whose map is gone.
_DAYS = 30


async def forget(bench: Bench) -> None:
    """Taken and skipped ones after the days of their map; failed ones much later, and counted."""
    company = bench.company
    async with bench.store.read() as tx:
        doors = {one.door for one in await arrivals.counts(tx)}
    for door in sorted(doors):
        chart = company.connectors.get(door)
        days = timedelta(days=chart.keep_days if chart else _DAYS)
        ages = {arrivals.TAKEN: days, arrivals.SKIPPED: days, arrivals.FAILED: max(days, FAILED_FOR)}
        for state, age in ages.items():
            await _forget(bench, door, state, age)
    before = bench.clock() - _SPANS
    await bench.store.write(lambda tx: unclaimed_permissions.forget(tx, before=before), within=10)


async def _forget(bench: Bench, door: str, state: str, age: timedelta) -> None:
    async def unit(tx: Tx) -> int:
        now = bench.clock()
        dropped = await arrivals.forget(tx, door, state, before=now - age)
        if dropped and state == arrivals.FAILED:
            await incidents.count(tx, "arrival.forgotten", door, now, times=dropped)
        return dropped

    dropped = await bench.store.write(unit, within=10)
    if dropped:
        log.info("arrival.forgotten", door=door, state=state, rows=dropped)
