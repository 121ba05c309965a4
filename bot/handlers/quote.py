"""Quote (报价 D4 48000 九五折): what was offered; an early deal moves to the stage of offers."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import structlog

from bot.assignment import deal_faces, groups
from bot.cards.texts import deals
from bot.chat.outbound import Notice, Reply
from bot.chat.router import Router
from bot.crm.amount import read_amount, read_discount, say_amount
from bot.crm.commands import QuoteDeal
from bot.crm.opportunity import Opportunity
from bot.crm.user import Role
from bot.handlers import Scope
from bot.store import dialogues, opportunities, outbox, quotes, subjects, users
from bot.store.desk import Desk
from bot.store.subjects import DealSubject

router: Router[Scope] = Router()
_log = structlog.get_logger()
_LASTS = timedelta(minutes=30)
#: Which of the company's stages is the one of offers: it needs an amount, and bears this word.
_OFFER = "报价"
#: Per cent off. Beyond it 折扣95% was meant as 95折.
_MOST_OFF = 70


@router.on(QuoteDeal)
async def on_quote(command: QuoteDeal, scope: Scope) -> Reply:
    """Write a quote down; its amount becomes the deal's."""
    desk, actor = scope.desk, scope.actor
    found = await subjects.worked_deal(desk, actor, command.opportunity_id, action="quote")
    if found is None:
        return Reply(text=deals.not_yours(command.opportunity_id))
    deal = found.deal
    if not deal.is_open:
        return Reply(text=deals.CLOSED.format(deal_id=deal.id, stage=deal.stage))
    if not command.amount:
        await dialogues.open(desk, actor.id, "quote", {"opportunity_id": deal.id}, for_=_LASTS)
        return Reply(text=deals.QUOTE_PROMPT.format(deal_id=deal.id))
    amount = read_amount(command.amount)
    if amount is None:
        return Reply(text=deals.AMOUNT_UNCLEAR.format(said=command.amount))
    discount = read_discount(command.discount) if command.discount else Decimal(0)
    if discount is None or discount > _MOST_OFF:
        return Reply(text=deals.DISCOUNT_UNCLEAR.format(said=command.discount))
    note = await _quote(scope, found, amount, discount)
    quoted = await opportunities.find(desk.tx, deal.id) or deal
    return Reply(card=await deal_faces.deal_face(desk, quoted, note=note), topic=deal.topic)


async def _quote(scope: Scope, found: DealSubject, amount: Decimal, discount: Decimal) -> str:
    desk, actor, deal = scope.desk, scope.actor, found.deal
    await quotes.add(desk, deal, amount=amount, discount=discount, by=actor.id)
    await opportunities.change(desk, deal, "amount", amount, by=actor.id)
    await _advance(desk, deal, by=actor.id)
    await dialogues.close(desk.tx, actor.id)
    _log.info("deal.quoted", deal=deal.id, user=actor.id)
    limit = desk.company.pipeline.discount_alarm_percent
    is_large = discount > limit
    if is_large:
        await _alarm(scope, found, amount, discount)
    await deal_faces.refresh(desk, deal.id, also_for=actor.id)
    return deals.quoted(amount, discount, deal.currency, limit=limit if is_large else None)


async def _advance(desk: Desk, deal: Opportunity, *, by: str) -> None:
    """A deal that stands before the stage of offers is there now, whatever that stage asks for besides."""
    names = [stage.name for stage in desk.company.pipeline.stages if stage.kind == "open"]
    offer = next((name for name in names if _OFFER in name), None)
    if offer is not None and deal.stage in names and names.index(deal.stage) < names.index(offer):
        await opportunities.move(desk, deal, offer, by=by, reason="quoted")


async def _alarm(scope: Scope, found: DealSubject, amount: Decimal, discount: Decimal) -> None:
    """Tell the directors of a large discount, else who leads the company."""
    desk, deal = scope.desk, found.deal
    facts = await opportunities.facts(desk.tx, deal)
    said = say_amount(amount, deal.currency)
    limit = desk.company.pipeline.discount_alarm_percent
    text = deals.alarm(facts, said, discount, limit)
    everybody = await users.active(desk.tx)
    directors = [one for one in everybody if one.role is Role.DIRECTOR]
    for one in directors or await users.executives(desk.tx):
        key = f"discount:{deal.id}:{desk.now.isoformat()}:{one.id}"
        await outbox.post(desk, Notice(to=one.id, key=key, text=text))
    await groups.tell_managers(
        desk, found.owner.region if found.owner else "", key=f"discount:{deal.id}:{desk.now.isoformat()}",
        text=deals.alarm_in_group(facts, said, discount, limit),
    )  # fmt: skip
