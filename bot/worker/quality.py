"""What keeps records clean by itself: old journals forgotten, the weekly report."""

from __future__ import annotations

import structlog
from apscheduler.triggers.cron import CronTrigger

from bot.crm.user import User
from bot.insight import quality
from bot.store import Tx, merges, page_visits
from bot.worker.bench import Bench
from bot.worker.schedules import Schedule

log = structlog.get_logger()


def schedules(bench: Bench) -> tuple[Schedule, ...]:
    """Each night, each Monday morning."""
    zone = bench.company.org.zone
    return (
        Schedule("merge_journals", CronTrigger(hour=4, minute=10, timezone=zone), lambda: forget(bench)),
        Schedule(
            "quality", CronTrigger(day_of_week="mon", hour=9, minute=5, timezone=zone), lambda: tell(bench)
        ),
    )


async def forget(bench: Bench) -> None:
    """Drop journals of mergings that can no longer be undone, and browsers of links that are over."""

    async def unit(tx: Tx) -> int:
        desk = bench.desk(tx)
        await page_visits.forget(desk)
        return await merges.forget(tx, desk.now)

    n = await bench.store.write(unit, lane_key="quality", within=10)
    log.info("merge.journals_forgotten", count=n)


async def tell(bench: Bench) -> None:
    """Put the report before everybody who leads people, one unit each."""
    async with bench.store.read() as tx:
        leaders = await quality.leaders(bench.desk(tx))
    for leader in leaders:
        await _tell(bench, leader)


async def _tell(bench: Bench, leader: User) -> None:
    await bench.store.write(
        lambda tx: quality.tell(bench.desk(tx), leader), lane_key=f"quality:{leader.id}", within=10
    )
