"""Duty (值班, 请假): take new leads from now on, or not."""

from __future__ import annotations

from datetime import datetime

from bot.cards.texts import duty as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import SetDuty
from bot.crm.when import read_when
from bot.handlers import Scope
from bot.store import users

router: Router[Scope] = Router()


@router.on(SetDuty)
async def on_set_duty(command: SetDuty, scope: Scope) -> Reply:
    """Switch it, and say until when."""
    desk, actor = scope.desk, scope.actor
    if command.state == "on":
        await users.set_duty(desk, actor, is_on=True)
        return Reply(text=texts.ON)
    if not command.until:
        await users.set_duty(desk, actor, is_on=False)
        return Reply(text=texts.OFF)
    until = read_when(command.until, now=desk.now, working_time=desk.company.working_time)
    if until is None:
        return Reply(text=texts.WHEN)
    # An absence that ends by itself leaves the switch on.
    await users.set_duty(desk, actor, is_on=True, until=until.due_at)
    return Reply(text=texts.OFF_UNTIL.format(until=_spelled(until.due_at.astimezone(desk.company.org.zone))))


def _spelled(at: datetime) -> str:
    return texts.UNTIL.format(month=at.month, day=at.day, clock=f"{at:%H:%M}")
