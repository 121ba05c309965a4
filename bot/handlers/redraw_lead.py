"""Go on drawing the cards of a lead that many people have before them."""

from __future__ import annotations

from bot.assignment import faces
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.signals import RedrawLead
from bot.handlers import Scope
from bot.store import leads

router: Router[Scope] = Router()


@router.on(RedrawLead)
async def on_redraw_lead(command: RedrawLead, scope: Scope) -> Reply:
    """Draw the next ones as the lead stands now."""
    lead = await leads.find(scope.desk.tx, command.lead_id)
    if lead is not None:
        await faces.redraw(scope.desk, lead, after=command.after)
    return Reply()
