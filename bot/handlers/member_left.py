"""A colleague has left: hand on what he held."""

from __future__ import annotations

from bot.assignment.leave import leave
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.signals import MemberHasLeft
from bot.handlers import Scope
from bot.store import departures, incidents, timers, users

router: Router[Scope] = Router()


@router.on(MemberHasLeft)
async def on_member_left(command: MemberHasLeft, scope: Scope) -> Reply:
    """Hand on a part and come back at once for the rest; somebody with another login stays."""
    desk = scope.desk
    user = await users.by_login(desk.tx, command.platform, command.account)
    if user is None:
        await incidents.count(desk.tx, "member.unknown", "left", desk.now)
        return Reply()
    elsewhere = [one for one in await departures.accounts_of(desk.tx, user.id) if one[0] != command.platform]
    if elsewhere:
        await departures.drop_login(desk, user, command.platform, command.account)
        return Reply()
    if await leave(desk, user, leads_to=desk.company.org.leads_of_leavers):
        await timers.set_timer(
            desk,
            lane_key=f"user:{user.id}",
            command=command,
            key=f"leave:{command.platform}",
            due_at=desk.now,
        )
    return Reply()
