"""The taps on a lead were collected."""

from __future__ import annotations

from bot.assignment.reveal import reveal
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.assigning_signals import RevealLead
from bot.handlers import Scope

router: Router[Scope] = Router()


@router.on(RevealLead)
async def on_reveal_lead(command: RevealLead, scope: Scope) -> Reply:
    """Choose one of those who tapped."""
    await reveal(scope.desk, command.lead_id, command.epoch)
    return Reply()
