"""Remind the owner of a lead that he owes it an answer."""

from __future__ import annotations

from bot.assignment.overdue import remind
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.signals import RemindResponse
from bot.handlers import Scope

router: Router[Scope] = Router()


@router.on(RemindResponse)
async def on_remind_response(command: RemindResponse, scope: Scope) -> Reply:
    """Remind him while there is time."""
    await remind(scope.desk, command.lead_id, command.epoch)
    return Reply()
