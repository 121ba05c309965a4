"""Show a lead as it stands now."""

from __future__ import annotations

from bot.assignment.access import face_of
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import ShowLead
from bot.handlers import Scope

router: Router[Scope] = Router()


@router.on(ShowLead, reads=True)
async def on_show_lead(command: ShowLead, scope: Scope) -> Reply:
    """Give the card that this person gets of it."""
    card = await face_of(scope.desk, command.lead_id, scope.actor)
    return Reply(card=card, topic=f"lead:{command.lead_id}")
