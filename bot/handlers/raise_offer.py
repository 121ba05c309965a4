"""Raise an offer: nobody took the lead in time."""

from __future__ import annotations

from bot.assignment.offer import offer
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.signals import RaiseOffer
from bot.handlers import Scope
from bot.store import leads

router: Router[Scope] = Router()


@router.on(RaiseOffer)
async def on_raise_offer(command: RaiseOffer, scope: Scope) -> Reply:
    """Ask more people, then the manager; an offer of an older epoch has no say."""
    lead = await leads.find(scope.desk.tx, command.lead_id)
    if lead is not None and lead.owner_id is None and str(lead.epoch) == command.epoch:
        await offer(scope.desk, lead, round=int(command.round))
    return Reply()
