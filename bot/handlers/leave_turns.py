"""Somebody's absence begins or ends."""

from __future__ import annotations

from bot.assignment.absence import turn
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.assigning_signals import LeaveTurns
from bot.handlers import Scope

router: Router[Scope] = Router()


@router.on(LeaveTurns)
async def on_leave_turns(command: LeaveTurns, scope: Scope) -> Reply:
    """Hand what cannot wait to his cover, or back to him."""
    await turn(scope.desk, command.leave_id)
    return Reply()
