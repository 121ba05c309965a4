"""What happens by the calendar happens once, by the company's clock, also after a night without power."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from apscheduler.triggers.cron import CronTrigger

from bot.errors import StoreBusyError
from bot.worker import nightly
from bot.worker.schedules import Schedule, Scheduler
from tests.conftest import NOW


@pytest.fixture
def fired() -> list[str]:
    return []


@pytest.fixture
def hourly(fired, company) -> Schedule:
    async def job() -> None:
        fired.append("hourly")

    return Schedule("hourly", CronTrigger(minute=0, timezone=company.org.zone), job)


async def test_any_number_of_schedulers_fire_once(bench, clock, hourly, fired):
    """Each process keeps the schedule; the row in the database decides whose firing it is."""
    schedulers = [Scheduler(bench, (hourly,)) for _ in range(4)]
    since = clock.now + timedelta(minutes=1)
    clock.push(timedelta(hours=1, minutes=1))

    await asyncio.gather(*(one._look(hourly, since) for one in schedulers))

    assert fired == ["hourly"]


async def test_what_fell_due_while_nobody_ran_is_caught_up_once(bench, clock, hourly, fired):
    """Nine missed hours are one firing; a scheduler that starts again after it fires nothing."""
    first = Scheduler(bench, (hourly,))
    await first._look(hourly, clock.now - timedelta(minutes=30))
    clock.push(timedelta(hours=9, minutes=10))

    again = Scheduler(bench, (hourly,))
    await again._look(hourly, await again._since("hourly"))
    third = Scheduler(bench, (hourly,))
    await third._look(hourly, await third._since("hourly"))

    assert fired == ["hourly"] * 2


class Away:
    """A database that takes nothing."""

    async def write(self, unit, *, lane_key="", within=None, urgent=False):
        raise StoreBusyError


async def test_a_firing_that_could_not_be_written_is_still_due(bench, clock, hourly, fired):
    """The database was away for a moment: the next look fires."""
    since = clock.push(timedelta(minutes=90)) - timedelta(hours=1)

    left = await Scheduler(replace(bench, store=Away()), (hourly,))._look(hourly, since)
    assert (left, fired) == (since, [])

    await Scheduler(bench, (hourly,))._look(hourly, left)
    assert fired == ["hourly"]


async def test_a_job_that_failed_is_tried_again_a_little_later_each_time(bench, clock, company):
    """The platform was away at three at night: the address book is not a day old for that."""
    tries: list[datetime] = []

    async def job() -> None:
        tries.append(clock.now)
        if len(tries) < 3:
            raise StoreBusyError

    nightly = Schedule("nightly", CronTrigger(minute=0, timezone=company.org.zone), job)
    scheduler = Scheduler(bench, (nightly,))
    begun = clock.push(timedelta(minutes=90))
    since = await scheduler._look(nightly, begun - timedelta(hours=1))
    for _ in range(8):
        clock.push(timedelta(seconds=30))
        since = await scheduler._look(nightly, since)
        await scheduler._try_again(nightly)

    assert [at - begun for at in tries] == [timedelta(minutes=minutes) for minutes in (0, 1, 3)]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Asia/Kathmandu"])
async def test_three_at_night_is_three_where_the_company_is(bench, company, zone):
    """Whatever zone the machine is set to."""
    abroad = replace(company, org=company.org.model_copy(update={"timezone": zone}))
    hours = set()
    for entry in nightly.schedules(replace(bench, company=abroad)):
        at: datetime = entry.trigger.get_next_fire_time(None, NOW)
        hours.add((entry.name, at.astimezone(abroad.org.zone).hour, at.utcoffset()))

    assert {(name, hour) for name, hour, _ in hours} >= {("directory", 3)}
    assert {offset for _, _, offset in hours} == {NOW.astimezone(abroad.org.zone).utcoffset()}
