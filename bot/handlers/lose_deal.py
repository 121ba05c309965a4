"""Lose a deal (输单), with a reason from the company's list."""

from __future__ import annotations

from datetime import timedelta

import structlog

from bot.assignment import deal_faces
from bot.cards import deal_lose
from bot.cards.texts import deals
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import LoseDeal
from bot.handlers import Scope
from bot.store import dialogues, opportunities, subjects

router: Router[Scope] = Router()
_log = structlog.get_logger()
_LASTS = timedelta(minutes=30)


@router.on(LoseDeal)
async def on_lose_deal(command: LoseDeal, scope: Scope) -> Reply:
    """Ask for a reason, then close it."""
    desk, actor = scope.desk, scope.actor
    found = await subjects.worked_deal(desk, actor, command.opportunity_id, action="lose")
    if found is None:
        return Reply(text=deals.not_yours(command.opportunity_id))
    deal, reasons = found.deal, desk.company.reasons.lost
    if not deal.is_open:
        return Reply(text=deals.CLOSED.format(deal_id=deal.id, stage=deal.stage))
    said = scope.chosen(deal_lose.KEY) or command.reason
    reason = next((one for one in reasons if one == said or (said and one in said)), None)
    if reason is None:
        await dialogues.open(desk, actor.id, "lose", {"opportunity_id": deal.id}, for_=_LASTS)
        note = deals.LOSE_UNKNOWN.format(reasons="、".join(reasons)) if said else ""
        note = deal_lose.CHOOSE if said == deal_lose.UNCHOSEN else note
        return Reply(card=deal_lose.card(deal, reasons, note=note), topic=deal.topic)
    if not await opportunities.lose(desk, deal, reason=reason, by=actor.id):
        return Reply(text=deals.ALREADY_CLOSED)
    await dialogues.close(desk.tx, actor.id)
    _log.info("deal.lost", deal=deal.id, user=actor.id)
    await deal_faces.refresh(desk, deal.id, also_for=actor.id)
    lost = await opportunities.find(desk.tx, deal.id) or deal
    card = await deal_faces.deal_face(desk, lost, note=deals.LOST.format(reason=reason))
    return Reply(card=card, topic=deal.topic)
