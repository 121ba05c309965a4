"""Two of our ids are one person: make them one, and move what the other one held."""

from __future__ import annotations

from bot.assignment.unite import can_be_one, move_work, unite
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.signals import MembersAreOne
from bot.handlers import Scope
from bot.store import incidents, users

router: Router[Scope] = Router()


@router.on(MembersAreOne)
async def on_members_are_one(command: MembersAreOne, scope: Scope) -> Reply:
    """The first time the logins, then his work, until nothing is left."""
    desk = scope.desk
    gone, into = await users.find(desk.tx, command.gone), await users.find(desk.tx, command.into)
    if gone is None or into is None or not into.active:
        await incidents.count(desk.tx, "member.not_united", "unknown", desk.now)
    elif not gone.active:
        await move_work(desk, gone, into)
    elif await can_be_one(desk, gone, into):
        await unite(desk, gone, into, by="directory", reason="same_person")
    else:
        await incidents.count(desk.tx, "member.not_united", "both_on_one_platform", desk.now)
    return Reply()
