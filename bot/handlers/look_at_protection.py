"""A reminder of a lead's protection is due, or its end."""

from __future__ import annotations

from bot.assignment.protect import look
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.assigning_signals import LookAtProtection
from bot.handlers import Scope

router: Router[Scope] = Router()


@router.on(LookAtProtection)
async def on_look(command: LookAtProtection, scope: Scope) -> Reply:
    """Remind its owner, or take it."""
    await look(scope.desk, command.lead_id, command.epoch, command.falls)
    return Reply()
