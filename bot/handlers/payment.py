"""Record a payment (回款 D4 2万 昨天)."""

from __future__ import annotations

from datetime import date, timedelta

import structlog

from bot.assignment import deal_faces
from bot.cards.texts import deals
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.amount import read_amount
from bot.crm.commands import RecordPayment
from bot.crm.past_day import read_past_day
from bot.handlers import Scope
from bot.intake.lifecycle import SERVED, forward
from bot.store import dialogues, leads, payments, subjects
from bot.store.desk import Desk

router: Router[Scope] = Router()
_log = structlog.get_logger()
_LASTS = timedelta(minutes=30)


@router.on(RecordPayment)
async def on_payment(command: RecordPayment, scope: Scope) -> Reply:
    """Write down what came in and when; a lost deal gets nothing."""
    desk, actor = scope.desk, scope.actor
    found = await subjects.worked_deal(desk, actor, command.opportunity_id, action="payment")
    if found is None:
        return Reply(text=deals.not_yours(command.opportunity_id))
    deal = found.deal
    if deal.won is False:
        return Reply(text=deals.PAYMENT_LOST.format(deal_id=deal.id))
    if not command.amount:
        await dialogues.open(desk, actor.id, "payment", {"opportunity_id": deal.id}, for_=_LASTS)
        return Reply(text=deals.PAYMENT_PROMPT.format(deal_id=deal.id))
    amount, day = read_amount(command.amount), _day(desk, command.on)
    if amount is None:
        return Reply(text=deals.AMOUNT_UNCLEAR.format(said=command.amount))
    if isinstance(day, str):
        return Reply(text=day)
    await payments.add(desk, deal, amount=amount, on=day, by=actor.id, owner=found.owner)
    lead = await leads.find(desk.tx, deal.lead_id) if deal.won and deal.lead_id else None
    if lead is not None:
        await forward(desk, lead, SERVED, reason="paid", by=actor.id)
    await dialogues.close(desk.tx, actor.id)
    _log.info("deal.paid", deal=deal.id, user=actor.id)
    total = await payments.total(desk.tx, deal.id)
    await deal_faces.refresh(desk, deal.id, also_for=actor.id)
    note = deals.paid(amount, total, deal.amount, deal.currency)
    return Reply(card=await deal_faces.deal_face(desk, deal, note=note), topic=deal.topic)


def _day(desk: Desk, said: str) -> date | str:
    """The day that was said, or why it cannot be."""
    working_time = desk.company.working_time
    today = desk.now.astimezone(working_time.zone).date()
    day = read_past_day(said, today=today, calendar=working_time.calendar)
    if day is None:
        return deals.DAY_UNCLEAR.format(said=said)
    return deals.PAID_AHEAD.format(said=said) if day > today else day
