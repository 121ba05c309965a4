"""What the clock does with leads and their owners: protection that runs late, absences, reports."""

from __future__ import annotations

import structlog
from apscheduler.triggers.cron import CronTrigger

from bot.assignment import absence, fairness, protect
from bot.cards.texts import calendar as texts
from bot.chat.outbound import Notice
from bot.crm.user import Role, User
from bot.store import Tx, outbox, users
from bot.store.desk import Desk
from bot.store.reads.protected_leads import ProtectedLead, protected_leads
from bot.worker.bench import Bench
from bot.worker.schedules import Schedule

log = structlog.get_logger()

#: Leads looked at by one query, and set in one unit.
_SLICE, _UNIT = 500, 20


def schedules(bench: Bench) -> tuple[Schedule, ...]:
    """While the day lasts every hour, and once each morning."""
    zone = bench.company.org.zone
    return (
        Schedule("assignment", CronTrigger(hour="7-21", minute=7, timezone=zone), lambda: hourly(bench)),
        Schedule("reports", CronTrigger(hour=9, minute=10, timezone=zone), lambda: daily(bench)),
    )


async def hourly(bench: Bench) -> None:
    """Set the clocks that do not run yet: the rule is new, became stricter, or a lead was unlocked."""
    await bench.store.write(lambda tx: absence.from_config(bench.desk(tx)), lane_key="absence", within=10)
    after, late = "", 0
    while True:
        async with bench.store.read() as tx:
            found = await protected_leads(tx, after=after, at_most=_SLICE)
            waiting = [one for one in found if protect.is_overdue_for_a_look(bench.desk(tx), one)]
        for begin in range(0, len(waiting), _UNIT):
            await _set(bench, waiting[begin : begin + _UNIT])
        late += len(waiting)
        if len(found) < _SLICE:
            break
        after = found[-1].lead_id
    if late:
        log.info("protection.clocks_set", leads=late)


async def _set(bench: Bench, found: list[ProtectedLead]) -> None:
    async def unit(tx: Tx) -> None:
        for one in found:
            await protect.again(bench.desk(tx), one.lead_id)

    await bench.store.write(unit, lane_key="protection", within=10)


async def daily(bench: Bench) -> None:
    """Reports of the month, and once a year that its holidays are only presumed."""

    async def unit(tx: Tx) -> None:
        desk = bench.desk(tx)
        told = await fairness.announce(desk)
        if told:
            log.info("fairness.announced", people=told)
        await _presumed(desk)

    await bench.store.write(unit, lane_key="reports", within=10)


async def _presumed(desk: Desk) -> None:
    """Say it once a year to whoever keeps the configuration."""
    today = desk.now.astimezone(desk.company.org.zone).date()
    for notice in desk.company.notices(today):
        for admin in await _admins(desk):
            key = f"calendar_presumed:{notice[:4]}:{admin.id}"
            if await outbox.post(desk, Notice(to=admin.id, key=key, text=texts.presumed(notice))):
                log.warning("calendar.presumed", notice=notice)


async def _admins(desk: Desk) -> list[User]:
    everybody = await users.active(desk.tx)
    named = desk.company.org.also_admins
    found = [one for one in everybody if one.role is Role.ADMIN or one.id in named]
    return found or await users.executives(desk.tx)
