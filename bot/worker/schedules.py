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

#: A schedule that falls due is noticed within so many polls.
_POLLS = 10
#: A firing missed while nobody ran is caught up once, if it is not older.
_CATCH_UP = timedelta(days=1)
#: How often a job that failed is tried again, and when: each time twice as late.
_TRIES, _PAUSE = 6, timedelta(minutes=1)


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
        #: By name: when a failed job is tried again, and the how-manieth time that is.
        self._again: dict[str, tuple[datetime, int]] = {}
        #: By name: the moment last looked after, and the firing that follows it.
        self._next: dict[str, tuple[datetime, datetime | None]] = {}

    async def run(self) -> None:
        """Keep the schedules until cancelled."""
        since = {s.name: await self._since(s.name) for s in self._schedules}
        while True:
            for entry in self._schedules:
                since[entry.name] = await self._look(entry, since[entry.name])
                await self._try_again(entry)
            await asyncio.sleep(_POLLS * self._bench.poll)

    async def _since(self, name: str) -> datetime:
        async with self._bench.store.read() as tx:
            last = await schedule.last_tick(tx, name)
        now = self._bench.clock()
        return now if last is None else max(last, now - _CATCH_UP)

    async def _look(self, entry: Schedule, since: datetime) -> datetime:
        now = self._bench.clock()
        latest: datetime | None = None
        moment = self._following(entry, since)
        # Several missed firings are one: the last.
        while moment is not None and moment <= now:
            latest = moment
            moment = self._following(entry, moment)
        if latest is None:
            return since
        at = latest
        try:
            is_ours = await self._bench.store.write(lambda tx: schedule.tick(tx, entry.name, at))
        except BotError as exc:
            log.warning("schedule.failed", name=entry.name, error=type(exc).__name__)
            # Looked at again: if the tick was written after all, that look finds it.
            return since
        if is_ours:
            log.info("schedule.fired", name=entry.name)
            await self._try(entry, 1)
        return latest

    def _following(self, entry: Schedule, since: datetime) -> datetime | None:
        """Worked out once for each moment: most looks find that nothing is due."""
        after, moment = self._next.get(entry.name, (None, None))
        if after != since:
            moment = entry.trigger.get_next_fire_time(since, since + timedelta(microseconds=1))
            self._next[entry.name] = since, moment
        return moment

    async def _try(self, entry: Schedule, attempt: int) -> None:
        try:
            await entry.job()
        except BotError as exc:
            log.warning("schedule.failed", name=entry.name, error=type(exc).__name__, attempt=attempt)
            if attempt < _TRIES:
                self._again[entry.name] = (self._bench.clock() + _PAUSE * 2 ** (attempt - 1), attempt + 1)
            return
        self._bench.wake()

    async def _try_again(self, entry: Schedule) -> None:
        due, attempt = self._again.get(entry.name, (None, 0))
        if due is not None and due <= self._bench.clock():
            del self._again[entry.name]
            await self._try(entry, attempt)
