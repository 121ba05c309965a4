"""Duty (值班, 请假): take new leads from now on, or not, and who answers meanwhile."""

from __future__ import annotations

from datetime import datetime

from bot.assignment import absence, reassign
from bot.assignment.reassign import Unclear
from bot.cards.texts import duty as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import SetDuty
from bot.crm.user import User
from bot.crm.when import day_begin, read_when
from bot.handlers import Scope
from bot.store import users

router: Router[Scope] = Router()


@router.on(SetDuty)
async def on_set_duty(command: SetDuty, scope: Scope) -> Reply:
    """Switch it, and say from when until when."""
    desk, actor = scope.desk, scope.actor
    if command.state == "on":
        await absence.cancel(desk, actor)
        await users.set_duty(desk, actor, is_on=True)
        return Reply(text=texts.ON)
    if not command.until:
        await users.set_duty(desk, actor, is_on=False)
        return Reply(text=texts.OFF)
    span = _span(command, scope)
    if span is None:
        return Reply(text=texts.WHEN)
    cover = await _cover(command, scope)
    if isinstance(cover, Reply):
        return cover
    await absence.plan(desk, actor, since=span[0], until=span[1], cover=cover)
    return Reply(text=_said(scope, span, cover))


def _span(command: SetDuty, scope: Scope) -> tuple[datetime, datetime] | None:
    """From the beginning of the first day, or from now; None if it was not understood."""
    desk = scope.desk
    begin = read_when(command.since, now=desk.now, working_time=desk.company.working_time)
    if command.since and begin is None:
        return None
    since = desk.now
    if begin is not None:
        day = begin.due_at.astimezone(desk.company.org.zone).date()
        since = max(day_begin(day, desk.company.working_time), desk.now) if begin.whole_day else begin.due_at
    # 12月1日到5日: the end is said from the beginning on.
    until = read_when(command.until, now=max(since, desk.now), working_time=desk.company.working_time)
    return (since, until.due_at) if until is not None and until.due_at > since else None


async def _cover(command: SetDuty, scope: Scope) -> User | Reply | None:
    if not command.cover:
        return None
    found = await reassign.taker(scope.desk, command.cover)
    if isinstance(found, Unclear) or found.id == scope.actor.id:
        return Reply(text=texts.NO_COVER.format(name=command.cover))
    return found


def _said(scope: Scope, span: tuple[datetime, datetime], cover: User | None) -> str:
    zone = scope.desk.company.org.zone
    since, until = (at.astimezone(zone) for at in span)
    said = texts.OFF_UNTIL.format(until=texts.until(until))
    if span[0] > scope.desk.now:
        said = texts.OFF_FROM.format(since=texts.until(since), until=texts.until(until))
    return f"{said}{texts.COVER_NAMED.format(cover=cover.name)}" if cover else said
