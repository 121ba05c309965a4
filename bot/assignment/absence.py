"""Absence (请假): who is away gets nothing new, and what cannot wait goes to whoever answers for him.

What his cover got in these days comes back to him when he is back, if it is still open.
"""

from __future__ import annotations

from datetime import datetime

import structlog

from bot.assignment.assign import pass_on
from bot.assignment.clock import is_answered
from bot.cards.texts import duty as texts
from bot.chat.outbound import Notice
from bot.crm.assigning_signals import LeaveTurns
from bot.crm.company.calendar import Leave as LeaveOfConfig
from bot.crm.lead import Lead
from bot.crm.pool import HELD
from bot.crm.user import SYSTEM, User
from bot.crm.when import day_begin, day_end
from bot.store import leaves, outbox, timers, users
from bot.store.desk import Desk
from bot.store.leaves import Leave

#: Leads lent or given back in one unit of work.
AT_ONCE = 3
_PLANNED, _BEGUN, _RETURNING = "planned", "begun", "returning"
_ENDED, _CANCELLED = "ended", "cancelled"
_log = structlog.get_logger()


async def plan(
    desk: Desk, user: User, *, since: datetime, until: datetime, cover: User | None, source: str = "message"
) -> Leave:
    """Somebody will be away; what he said before is called off."""
    await cancel(desk, user)
    leave = Leave(
        id=desk.new_id(), user_id=user.id, from_at=since, to_at=until, cover_id=cover.id if cover else None,
        source=source, state=_PLANNED,
    )  # fmt: skip
    await leaves.plan(desk, leave)
    if since <= desk.now:
        await turn(desk, leave.id)
    else:
        await _wake(desk, leave, since)
    return leave


async def cancel(desk: Desk, user: User) -> None:
    """He is here: what he said or what was planned for now is over; what lies ahead by config stays."""
    for leave in await leaves.live_of(desk.tx, user.id):
        if leave.source == "message" or leave.from_at <= desk.now:
            await _end(desk, leave, _CANCELLED)


async def turn(desk: Desk, leave_id: str) -> None:
    """It begins, goes on, or ends, by the clock."""
    leave = await leaves.find(desk.tx, leave_id)
    if leave is None or leave.state in {_ENDED, _CANCELLED}:
        return
    user = await users.find(desk.tx, leave.user_id)
    if leave.state == _RETURNING:
        await _give_back(desk, leave, user)
        return
    if user is None or not user.active or desk.now >= leave.to_at:
        await _end(desk, leave, _ENDED)
        return
    if leave.state == _PLANNED and await leaves.move_on(desk.tx, leave, _BEGUN):
        await users.set_duty(desk, user, is_on=True, until=leave.to_at, reason="leave")
        await _tell_cover(desk, leave, user)
        _log.info("leave.began", user=user.id, cover=leave.cover_id)
    lent = await _lend(desk, leave, user)
    await _wake(desk, leave, desk.now if lent else leave.to_at)


async def cover_of(desk: Desk, owner: User) -> User | None:
    """Who answers for him now; None if he is here, or nobody does."""
    if owner.takes_leads(desk.now):
        return None
    for leave in await leaves.live_of(desk.tx, owner.id):
        if leave.state == _BEGUN and leave.cover_id:
            cover = await users.find(desk.tx, leave.cover_id)
            return cover if cover is not None and cover.takes_leads(desk.now) else None
    return None


async def answer_for(desk: Desk, lead: Lead, owner: User) -> Lead | None:
    """Give a lead whose customer waits to whoever answers for its owner; None if he is here."""
    cover = await cover_of(desk, owner)
    if cover is None or lead.status not in HELD:
        return None
    passed = await pass_on(
        desk, lead, to=cover, by=SYSTEM, how="transferred", reason=texts.REASON_COVER,
        note=texts.COVERED.format(owner=owner.name),
    )  # fmt: skip
    return passed.lead if passed else None


async def from_config(desk: Desk) -> int:
    """Plan what the configuration names and is not over, and call off what it names no more."""
    wanted = {_id(one): one for one in desk.company.calendar.leave}
    for leave in await leaves.from_config(desk.tx):
        if leave.id not in wanted:
            await _end(desk, leave, _CANCELLED)
    planned = 0
    for leave_id, one in wanted.items():
        since = day_begin(one.first, desk.company.working_time)
        until = day_end(one.last, desk.company.working_time)
        if until <= desk.now:
            continue
        leave = Leave(
            id=leave_id, user_id=one.user, from_at=since, to_at=until, cover_id=one.cover, source="config",
            state=_PLANNED,
        )  # fmt: skip
        if await leaves.plan(desk, leave):
            await _wake(desk, leave, max(since, desk.now))
            planned += 1
    return planned


def _id(leave: LeaveOfConfig) -> str:
    return f"config:{leave.user}:{leave.first}:{leave.last}:{leave.cover or ''}"


async def _lend(desk: Desk, leave: Leave, user: User) -> bool:
    """Leads whose customers wait for a first answer go to his cover; True if there may be more."""
    cover = await users.find(desk.tx, leave.cover_id) if leave.cover_id else None
    if cover is None or not cover.active:
        return False
    waiting = [lead for lead in await leaves.held(desk.tx, user.id) if not is_answered(lead)][:AT_ONCE]
    moved = [await answer_for(desk, lead, await users.get(desk.tx, user.id)) for lead in waiting]
    return any(moved)


async def _end(desk: Desk, leave: Leave, state: str) -> None:
    """It is over; what was lent comes back in units of its own."""
    is_lent = leave.state == _BEGUN and leave.cover_id is not None
    if await leaves.move_on(desk.tx, leave, _RETURNING if is_lent else state):
        _log.info("leave.ended", user=leave.user_id, state=state)
        if is_lent:
            await _wake(desk, leave, desk.now)


async def _give_back(desk: Desk, leave: Leave, user: User | None) -> None:
    lent = []
    if user is not None and user.active and leave.cover_id:
        lent = await leaves.lent(desk.tx, cover=leave.cover_id, owner=user.id, reason=texts.REASON_COVER)
        for lead in lent[:AT_ONCE]:
            await pass_on(
                desk, lead, to=user, by=SYSTEM, how="transferred", reason=texts.REASON_BACK,
                note=texts.GIVEN_BACK,
            )  # fmt: skip
    if len(lent) > AT_ONCE:
        await _wake(desk, leave, desk.now)
        return
    await leaves.move_on(desk.tx, leave, _ENDED)


async def _tell_cover(desk: Desk, leave: Leave, user: User) -> None:
    if leave.cover_id is None:
        return
    until = texts.until(leave.to_at.astimezone(desk.company.org.zone))
    text = texts.COVER.format(owner=user.name, until=until)
    await outbox.post(desk, Notice(to=leave.cover_id, key=f"cover:{leave.id}", text=text))


async def _wake(desk: Desk, leave: Leave, at: datetime) -> None:
    command = LeaveTurns(leave.id)
    await timers.set_timer(desk, lane_key=f"user:{leave.user_id}", command=command, key=leave.id, due_at=at)
