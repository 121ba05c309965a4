"""The first-response time of a lead is over."""

from __future__ import annotations

from bot.assignment.overdue import over
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.signals import ResponseOver
from bot.handlers import Scope

router: Router[Scope] = Router()


@router.on(ResponseOver)
async def on_response_over(command: ResponseOver, scope: Scope) -> Reply:
    """Give the lead to somebody who answers, or back to its pool."""
    await over(scope.desk, command.lead_id, command.epoch)
    return Reply()
