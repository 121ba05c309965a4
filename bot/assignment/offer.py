"""Offering: a lead without an owner is shown to those who may take it, then to more, then to the manager."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import structlog

from bot.assignment import faces, groups, pool_groups
from bot.assignment.terms import cooling_since
from bot.cards.texts import assignment as texts
from bot.chat.outbound import Notice
from bot.crm.lead import Lead
from bot.crm.pool import WAITING, free_from, pool_of, regions_of, terms_of
from bot.crm.signals import RaiseOffer
from bot.crm.user import User
from bot.store import incidents, lead_status, offers, outbox, tenures, timers, users
from bot.store.desk import Desk

#: Cards in one unit of work; the rest follow at once in the next one.
AT_ONCE = 20
_KEY = "offer"

_log = structlog.get_logger()


async def offer(desk: Desk, lead: Lead, *, round: int = 1, note: str = "") -> None:
    """Show the lead to those whose turn it is in this round, and set the time of the next one."""
    if lead.owner_id is not None or lead.status not in WAITING:
        return
    free_at = free_from(terms_of(desk.company, lead.pool_id), lead.created_at)
    if lead.previous_owner_id is None and desk.now < free_at:
        await _at(desk, lead, round, free_at)
        return
    plan = desk.company.response.offers
    if round > 1 + plan.times:
        await tell_manager(desk, lead, texts.UNCLAIMED.format(minutes=plan.manager_after_minutes))
        return
    audience = await _audience(desk, lead, is_last=round == 1 + plan.times)
    if not audience:
        await tell_manager(desk, lead, texts.NOBODY_ON_DUTY)
        return
    await _show(desk, lead, audience, round, note)


async def _show(desk: Desk, lead: Lead, audience: list[User], round: int, note: str) -> None:
    asked = await offers.asked(desk.tx, lead.id, lead.epoch)
    waiting = [one for one in audience if asked.get(one.id, 0) < round]
    lead = await lead_status.offered(desk, lead, reason="offered")
    seen = await faces.subject(desk, lead)
    if round == 1:
        await pool_groups.ring(desk, lead, seen.sheet)
    is_last = round == 1 + desk.company.response.offers.times
    note = note or (texts.WIDER if is_last else texts.AGAIN if round > 1 else "")
    for one in waiting[:AT_ONCE]:
        await offers.note(desk, lead_id=lead.id, epoch=lead.epoch, user_id=one.id, round=round)
        card = faces.face(desk, seen, one, is_involved=True, note=note)
        key = f"offer:{lead.id}:{lead.epoch}:{round}:{one.id}"
        await outbox.post(desk, Notice(to=one.id, key=key, card=card, topic=lead.topic))
    _log.info("lead.offered", lead=lead.id, epoch=lead.epoch, round=round, people=len(waiting[:AT_ONCE]))
    if len(waiting) > AT_ONCE:
        await _at(desk, lead, round, desk.now)
    else:
        await _at(desk, lead, round + 1, desk.company.working_time.add_working(desk.now, _gap(desk, round)))


def _gap(desk: Desk, round: int) -> timedelta:
    """Working time from this round to the next; after the last one, to the manager."""
    plan = desk.company.response.offers
    if round <= plan.times:
        return timedelta(minutes=plan.again_after_minutes)
    return timedelta(minutes=max(plan.manager_after_minutes - plan.again_after_minutes * plan.times, 0))


async def _at(desk: Desk, lead: Lead, round: int, due_at: datetime) -> None:
    command = RaiseOffer(lead.id, str(lead.epoch), str(round))
    await timers.set_timer(desk, lane_key=f"lead:{lead.id}", command=command, key=_KEY, due_at=due_at)


async def _audience(desk: Desk, lead: Lead, *, is_last: bool) -> list[User]:
    """Reps of the pool's regions; of all regions in the last round, or when its own have nobody."""
    regions = regions_of(desk.company, pool_of(desk.company, lead.pool_id))
    everywhere = tuple(region.name for region in desk.company.org.regions)
    found = [] if is_last else await _people(desk, lead, regions)
    return found or await _people(desk, lead, {*regions, *everywhere})


async def _people(desk: Desk, lead: Lead, regions: Iterable[str]) -> list[User]:
    terms = terms_of(desk.company, lead.pool_id)
    people = await users.reps(desk.tx, regions=regions)
    away = await tenures.cooling(desk.tx, lead.id, after=cooling_since(desk, lead)) if lead.epoch else set()
    return [
        one for one in people if one.id not in away and (one.takes_leads(desk.now) or not terms.on_duty_only)
    ]


async def tell_manager(desk: Desk, lead: Lead, note: str) -> None:
    """Put the lead before whoever leads its region, to be given to somebody."""
    lead = await lead_status.offered(desk, lead, reason="raised")
    above = await users.above(desk.tx, lead.region)
    if not above:
        await incidents.count(desk.tx, "lead.unclaimed", "nobody_above", desk.now)
    seen = await faces.subject(desk, lead)
    for one in above:
        card = faces.face(desk, seen, one, is_involved=True, note=note)
        key = f"raised:{lead.id}:{lead.epoch}:{one.id}"
        await outbox.post(desk, Notice(to=one.id, key=key, card=card, topic=lead.topic))
    pool = pool_of(desk.company, lead.pool_id).name if lead.owner_id is None else ""
    said = texts.unclaimed_in_group(lead.id, pool, note)
    await groups.tell_managers(desk, lead.region, key=f"raised:{lead.id}:{lead.epoch}", text=said)
    _log.info("lead.raised", lead=lead.id, epoch=lead.epoch, people=len(above))
