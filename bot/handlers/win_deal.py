"""Win a deal (赢单): close it, tell the team, and never open it again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import structlog

from bot.assignment import deal_faces, groups
from bot.cards import deal_win, good_news
from bot.cards.texts import deals
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.amount import read_amount
from bot.crm.commands import WinDeal
from bot.crm.lead import Lead
from bot.crm.opportunity import DealFacts
from bot.crm.spoken import mask_name
from bot.handlers import Scope
from bot.intake.lifecycle import BOUGHT, LOYAL, forward
from bot.store import dialogues, leads, opportunities, subjects
from bot.store.desk import Desk
from bot.store.reads.bought_before import bought_before
from bot.store.subjects import DealSubject

router: Router[Scope] = Router()
_log = structlog.get_logger()
_LASTS = timedelta(minutes=30)


@router.on(WinDeal)
async def on_win_deal(command: WinDeal, scope: Scope) -> Reply:
    """Close it at an amount; a bare press asks once more."""
    desk, actor = scope.desk, scope.actor
    found = await subjects.worked_deal(desk, actor, command.opportunity_id, action="win")
    if found is None:
        return Reply(text=deals.not_yours(command.opportunity_id))
    deal = found.deal
    if not deal.is_open:
        return Reply(text=deals.CLOSED.format(deal_id=deal.id, stage=deal.stage))
    said = read_amount(command.amount) if command.amount else None
    if command.amount and said is None:
        return Reply(text=deals.AMOUNT_UNCLEAR.format(said=command.amount))
    facts = await opportunities.facts(desk.tx, deal)
    amount = said or deal.amount or facts.quoted
    if amount is None or (said is None and scope.tapped):
        return await _ask(scope, facts, amount)
    return _gate(desk, facts, amount) or await _win(scope, found, amount)


async def _ask(scope: Scope, facts: DealFacts, amount: Decimal | None) -> Reply:
    """Ask for the amount, or whether the one we know is right."""
    deal = facts.deal
    await dialogues.open(scope.desk, scope.actor.id, "win", {"opportunity_id": deal.id}, for_=_LASTS)
    if amount is None:
        return Reply(text=deals.WIN_PROMPT.format(deal_id=deal.id))
    return Reply(card=deal_win.card(facts), topic=deal.topic)


def _gate(desk: Desk, facts: DealFacts, amount: Decimal) -> Reply | None:
    """What else has to be known before it can be won."""
    deal, won = facts.deal, desk.company.pipeline.won
    missing = replace(facts, deal=replace(deal, amount=amount)).missing_for(won)
    if not missing:
        return None
    product = desk.company.catalogue.products[0].name
    return Reply(text=deals.gate(deal.id, won.name, missing, product=product))


async def _win(scope: Scope, found: DealSubject, amount: Decimal) -> Reply:
    desk, actor, deal = scope.desk, scope.actor, found.deal
    await opportunities.change(desk, deal, "amount", amount, by=actor.id)
    if not await opportunities.win(desk, deal, by=actor.id):
        return Reply(text=deals.ALREADY_CLOSED)
    await dialogues.close(desk.tx, actor.id)
    lead = await leads.find(desk.tx, deal.lead_id) if deal.lead_id else None
    if lead is not None:
        again = await bought_before(desk.tx, deal)
        await forward(desk, lead, LOYAL if again else BOUGHT, reason="won", by=actor.id)
    won = await opportunities.find(desk.tx, deal.id) or deal
    await _tell(desk, found, await opportunities.facts(desk.tx, won), lead)
    _log.info("deal.won", deal=deal.id, user=actor.id)
    await deal_faces.refresh(desk, deal.id, also_for=actor.id)
    return Reply(card=await deal_faces.deal_face(desk, won, note=deals.WON), topic=deal.topic)


async def _tell(desk: Desk, found: DealSubject, facts: DealFacts, lead: Lead | None) -> None:
    """Ring in the team's group chat, once for each deal; no person's name is said there."""
    deal, owner = facts.deal, found.owner
    team, region = (owner.team, owner.region) if owner else ("", "")
    chat = desk.company.org.good_news_chat_of(team=team, region=region)
    if chat is None:
        return
    is_person = lead is not None and not lead.company
    card = good_news.card(
        owner=facts.owner,
        team=team or region,
        customer=mask_name(lead.name) if lead is not None and is_person else facts.account,
        product=deal.product,
        amount=deal.amount or Decimal(0),
        currency=deal.currency,
        days=(desk.now - (lead.created_at if lead else deal.created_at)).days,
    )
    await groups.post(desk, chat=chat, name=good_news.GROUP, key=f"good_news:{deal.id}", card=card)
