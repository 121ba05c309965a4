"""Protection (保护期): a lead that its owner neglects goes back to a pool, and he is told before.

When it ends is reckoned anew each time from who has it since when and what he did, so nothing is
lost by switching the rule off, and everything that changes an owner goes through it.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.assignment.release import recycle
from bot.assignment.sheet import lead_sheet
from bot.cards import protection_reminder
from bot.cards.texts import assignment as texts
from bot.chat.outbound import Notice
from bot.crm.assigning_signals import LookAtProtection
from bot.crm.company.pools import Protection
from bot.crm.follow_up_quality import Verdict, judge
from bot.crm.lead import Lead
from bot.crm.pool import HELD, terms_of
from bot.crm.protection import Course, due_at, falls_at, reminders, working_days_left
from bot.crm.user import SYSTEM
from bot.crm.when import day_begin
from bot.store import follow_up_checks, follow_ups, leads, outbox, timers, users
from bot.store.desk import Desk
from bot.store.follow_ups import FollowUp
from bot.store.reads.protected_leads import ProtectedLead, protected_lead

_KEY = "protection"
#: Follow-ups that a new one is compared with.
_COMPARED = 4
_log = structlog.get_logger()


async def begin(desk: Desk, lead: Lead, *, is_passed: bool = False) -> None:
    """Somebody became its owner: set the time of the first look.

    `is_passed`: he got it from another owner, and it may keep its first day.
    """
    terms = terms_of(desk.company, lead.pool_id).protection
    if not terms.on or lead.status not in HELD or lead.owned_at is None:
        return
    if is_passed:
        await again(desk, lead.id)
    else:
        await _set(desk, lead.id, lead.epoch, next_look(desk, terms, Course(lead.owned_at)))


async def again(desk: Desk, lead_id: str) -> None:
    """Something was done that may extend it: set the time of the next look anew."""
    found = await protected_lead(desk.tx, lead_id)
    if found is not None:
        await plan(desk, found)


async def act(desk: Desk, lead: Lead, done: FollowUp) -> Verdict | None:
    """Judge a follow-up, and extend the protection if it says something; None where nothing hangs on it."""
    terms = terms_of(desk.company, lead.pool_id)
    before = [
        one.text
        for one in await follow_ups.of_lead(desk, lead.id, most=_COMPARED)
        if one.id != done.id and one.user_id == done.user_id
    ]
    verdict = judge(done.text, before=before, min_chars=terms.follow_up_min_chars)
    await follow_up_checks.note(desk, done, verdict)
    if not terms.protection.on or lead.status not in HELD:
        return None
    if verdict is Verdict.COUNTS:
        await again(desk, lead.id)
    return verdict


async def plan(desk: Desk, found: ProtectedLead) -> None:
    """Look at it when the next reminder is due, or the end."""
    terms = terms_of(desk.company, found.pool_id).protection
    if terms.on:
        await _set(desk, found.lead_id, found.epoch, next_look(desk, terms, found.course))


def next_look(desk: Desk, terms: Protection, course: Course) -> tuple[datetime, datetime]:
    """When to look next, and when it falls as things stand."""
    falls = falls_at(desk.company, terms, course, desk.now)
    mornings = reminders(desk.company, terms, falls)
    if due_at(desk.company, terms, course) <= desk.now:
        # Its own mornings went by without a word: he is told on the very day.
        mornings = (day_begin(falls.astimezone(desk.company.org.zone).date(), desk.company.working_time),)
    return min([falls, *(at for at in mornings if at > desk.now)]), falls


def is_overdue_for_a_look(desk: Desk, found: ProtectedLead) -> bool:
    """Whether its clock does not run, or would look too late: the rule is new, or became stricter."""
    terms = terms_of(desk.company, found.pool_id).protection
    return terms.on and (found.timer_at is None or found.timer_at > next_look(desk, terms, found.course)[0])


async def look(desk: Desk, lead_id: str, epoch: str, falls: str) -> bool:
    """Take it if its time is over and that was announced; else remind its owner and look again later.

    False if somebody else has it, no clock may take it, or the rule is off.
    """
    found = await protected_lead(desk.tx, lead_id)
    terms = terms_of(desk.company, found.pool_id).protection if found is not None else None
    if found is None or terms is None or not terms.on or str(found.epoch) != epoch:
        return False
    is_over = due_at(desk.company, terms, found.course) <= desk.now
    announced = datetime.fromisoformat(falls) if falls else None
    if is_over and announced is not None:
        if announced <= desk.now:
            return await _take(desk, found, terms)
        await _remind(desk, found, announced)
        await _set(desk, lead_id, found.epoch, (announced, announced))
        return True
    await _remind(desk, found, next_look(desk, terms, found.course)[1])
    await plan(desk, found)
    return True


async def _set(desk: Desk, lead_id: str, epoch: int, when: tuple[datetime, datetime]) -> None:
    at, falls = when
    command = LookAtProtection(lead_id, str(epoch), falls.isoformat())
    await timers.set_timer(desk, lane_key=f"lead:{lead_id}", command=command, key=_KEY, due_at=at)


async def _take(desk: Desk, found: ProtectedLead, terms: Protection) -> bool:
    lead, owner = await leads.get(desk.tx, found.lead_id), await users.get(desk.tx, found.owner_id)
    reason = texts.REASON_UNPROTECTED
    back = await recycle(
        desk, lead, owner=owner, by=SYSTEM, reason=reason, pool_id=terms.recycle_to, is_offered=False
    )
    if back is not None:
        _log.info("lead.recycled", lead=lead.id, user=owner.id, pool=back.pool_id, epoch=back.epoch)
    return back is not None


async def _remind(desk: Desk, found: ProtectedLead, falls: datetime) -> None:
    """Tell its owner how long it is still his; once for each day that is left."""
    left = working_days_left(desk.company, falls, desk.now)
    lead, owner = await leads.get(desk.tx, found.lead_id), await users.get(desk.tx, found.owner_id)
    key = f"protection:{lead.id}:{lead.epoch}:{falls.date().isoformat()}:{left}"
    zone = desk.company.org.zone
    card = protection_reminder.card(
        await lead_sheet(desk, lead, owner), until=falls.astimezone(zone), left=left
    )
    await outbox.post(desk, Notice(to=owner.id, key=key, card=card, topic=lead.topic))
