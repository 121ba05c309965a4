"""Lock (锁定): no clock takes a lead from its owner; whoever leads its region may."""

from __future__ import annotations

from bot.assignment import protect
from bot.assignment.access import held
from bot.cards.texts import recycling as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.assigning import LockLead
from bot.handlers import Scope
from bot.store import audit, locks, subjects

router: Router[Scope] = Router()


@router.on(LockLead)
async def on_lock(command: LockLead, scope: Scope) -> Reply:
    """Lock or unlock it, and say so."""
    desk, actor, lead_id = scope.desk, scope.actor, command.lead_id
    found = await held(desk, lead_id)
    if found is None or not found.is_under(actor):
        await subjects.refused(desk, actor, action="lock", of=f"lead:{lead_id}")
        return Reply(text=texts.NO_LEAD.format(lead_id=lead_id))
    if command.state == "on":
        is_new = await locks.lock(desk, lead_id, by=actor.id)
        said = texts.LOCKED if is_new else texts.LOCKED_BEFORE
    else:
        is_new = await locks.unlock(desk.tx, lead_id)
        said = texts.UNLOCKED if is_new else texts.UNLOCKED_BEFORE
        await protect.again(desk, lead_id)
    if is_new:
        await audit.note(desk, actor=actor.id, action=f"lead.lock_{command.state}", of=found.lead.topic)
    return Reply(text=said.format(lead_id=lead_id))
