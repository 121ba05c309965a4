"""Show an opportunity as it stands."""

from __future__ import annotations

from bot.assignment import deal_faces
from bot.cards.texts import deals, work
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import ShowDeal
from bot.handlers import Scope
from bot.store import subjects

router: Router[Scope] = Router()


@router.on(ShowDeal)
async def on_show_deal(command: ShowDeal, scope: Scope) -> Reply:
    """Show it to whoever works on it, or leads him."""
    desk = scope.desk
    found = await subjects.worked_deal(desk, scope.actor, command.opportunity_id, action="show")
    if found is None:
        return Reply(text=deals.not_yours(command.opportunity_id))
    if not scope.is_private:
        return Reply(text=work.ONLY_PRIVATE)
    return Reply(card=await deal_faces.deal_face(desk, found.deal), topic=found.deal.topic, fresh=True)
