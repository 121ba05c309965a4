"""What happens by the calendar: any number of processes keep the schedule, each firing happens once."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from apscheduler.triggers.cron import CronTrigger

from bot.errors import BotError
from bot.store import schedule
from bot.worker.bench import Bench

log = structlog.get_logger()

#: Seconds; a schedule that falls due is noticed within this.
_LOOK = 5.0
#: A firing missed while nobody ran is caught up once, if it is not older.
_CATCH_UP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A name, when by the company's clock, and what to do."""

    name: str
    trigger: CronTrigger
    job: Callable[[], Awaitable[None]]


class Scheduler:
    """Fires what is due; the tick row decides which process it is."""

    def __init__(self, bench: Bench, schedules: tuple[Schedule, ...]) -> None:
        self._bench = bench
        self._schedules = schedules

    async def run(self) -> None:
        """Keep the schedules until cancelled."""
        since = {s.name: await self._since(s.name) for s in self._schedules}
        while True:
            for entry in self._schedules:
                since[entry.name] = await self._look(entry, since[entry.name])
            await asyncio.sleep(_LOOK)

    async def _since(self, name: str) -> datetime:
        async with self._bench.store.read() as tx:
            last = await schedule.last_tick(tx, name)
        now = self._bench.clock()
        return now if last is None else max(last, now - _CATCH_UP)

    async def _look(self, entry: Schedule, since: datetime) -> datetime:
        now = self._bench.clock()
        latest: datetime | None = None
        moment = entry.trigger.get_next_fire_time(since, since + timedelta(microseconds=1))
        # Several missed firings are one: the last.
        while moment is not None and moment <= now:
            latest = moment
            moment = entry.trigger.get_next_fire_time(moment, moment + timedelta(microseconds=1))
        if latest is None:
            return since
        at = latest
        try:
            if await self._bench.store.write(lambda tx: schedule.tick(tx, entry.name, at)):
                log.info("schedule.fired", name=entry.name)
                await entry.job()
                self._bench.wake()
        except BotError as exc:
            log.warning("schedule.failed", name=entry.name, error=type(exc).__name__)
            # Looked at again: if the tick was written, that look finds it.
            return since
        return latest
