"""A colleague leaves: no new leads at once, then what he held goes to others, a few pieces a unit."""

from __future__ import annotations

from typing import Literal, TypeAlias

import structlog

from bot.assignment.assign import pass_on
from bot.assignment.clock import is_answered
from bot.assignment.release import leave_behind
from bot.cards.texts import assignment as texts
from bot.chat.outbound import Notice
from bot.crm.lead import Lead, LeadStatus
from bot.crm.user import SYSTEM, User
from bot.store import departures, incidents, outbox, ownership, tasks, users
from bot.store.desk import Desk

#: Pieces in one unit of work: each moves a lead with its cards, tasks and deals.
AT_ONCE = 3
#: Where open leads go; what became an opportunity always goes to the manager.
LeadsTo: TypeAlias = Literal["pool", "manager"]

_log = structlog.get_logger()


async def leave(desk: Desk, user: User, *, leads_to: LeadsTo = "pool", reason: str = "") -> bool:
    """Hand on a part of what he held; True while more is left, so that the caller comes back.

    The first call makes him inactive: from then on nothing is offered to him and no tap of his counts.
    """
    if await departures.mark_left(desk, user, by=SYSTEM.id, reason=reason):
        _log.info("user.left", user=user.id)
    successor = await _successor(desk, user)
    held = await departures.still_owned(desk.tx, user.id, at_most=AT_ONCE)
    for lead in held:
        await _hand_on(desk, lead, user, successor, leads_to)
    if held:
        return True
    if await _rest(desk, user, successor):
        return True
    await departures.disown_closed(desk, user)
    await _sum_up(desk, user, successor)
    return False


async def _successor(desk: Desk, user: User) -> User | None:
    """Who leads his region now, else who leads the company."""
    above = [one for one in await users.above(desk.tx, user.region) if one.id != user.id]
    above = above or [one for one in await users.executives(desk.tx) if one.id != user.id]
    return above[0] if above else None


async def _hand_on(desk: Desk, lead: Lead, user: User, successor: User | None, leads_to: LeadsTo) -> None:
    reason = texts.REASON_LEFT.format(owner=user.name)
    to_manager = leads_to == "manager" or lead.status is LeadStatus.CONVERTED
    if to_manager and successor is not None:
        note = texts.LEFT_BEHIND.format(owner=user.name)
        await pass_on(desk, lead, to=successor, by=SYSTEM, how="left", reason=reason, note=note)
        return
    if lead.status is LeadStatus.CONVERTED:
        await incidents.count(desk.tx, "lead.orphaned", "nobody_above", desk.now)
        await ownership.disown(desk, lead, owner=user, by=SYSTEM, reason=reason)
        return
    # Only where somebody waits for an answer: fifty leads need not ring at once.
    await leave_behind(desk, lead, owner=user, reason=reason, is_offered=not is_answered(lead))


async def _rest(desk: Desk, user: User, successor: User | None) -> bool:
    """Tasks and opportunities that hang on no lead of his."""
    left = (await tasks.open_of_owner(desk, user.id))[:AT_ONCE]
    for task in left:
        if successor is None:
            await tasks.cancel(desk, task, by=SYSTEM.id, reason="left")
        else:
            await tasks.hand_over(desk, task, to=successor, by=SYSTEM.id)
    if left or successor is None:
        return bool(left)
    return await departures.pass_on_deals(desk, user, to=successor, at_most=AT_ONCE) > 0


async def _sum_up(desk: Desk, user: User, successor: User | None) -> None:
    if successor is None:
        return
    moved = await departures.left_behind(desk.tx, user.id)
    text = texts.LEAVER_SUMMARY.format(owner=user.name, pooled=moved.pooled, kept=moved.kept)
    await outbox.post(desk, Notice(to=successor.id, key=f"left:{user.id}:{_day(desk)}", text=text))


def _day(desk: Desk) -> str:
    return desk.now.astimezone(desk.company.org.zone).date().isoformat()
