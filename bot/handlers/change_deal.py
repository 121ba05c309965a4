"""Set product, amount, expected close or name of an opportunity (商机 D4 金额 5万)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from bot.assignment import deal_faces
from bot.cards.texts import deals
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.amount import read_amount
from bot.crm.catalogue_words import product_meant, product_named
from bot.crm.commands import ChangeDeal
from bot.crm.company.pipeline import DEAL_FIELDS
from bot.crm.day_words import find_days
from bot.crm.written import half_width
from bot.handlers import Scope
from bot.store import dialogues, opportunities, subjects
from bot.store.desk import Desk

router: Router[Scope] = Router()
_NAME_LENGTH = 64


@router.on(ChangeDeal)
async def on_change_deal(command: ChangeDeal, scope: Scope) -> Reply:
    """Change one field, with history."""
    desk, actor = scope.desk, scope.actor
    found = await subjects.worked_deal(desk, actor, command.opportunity_id, action="change")
    if found is None:
        return Reply(text=deals.not_yours(command.opportunity_id))
    deal = found.deal
    if not deal.is_open:
        return Reply(text=deals.CLOSED.format(deal_id=deal.id, stage=deal.stage))
    value = _read(desk, command.field, command.value.strip())
    if isinstance(value, _Unclear):
        return Reply(text=value.text)
    await opportunities.change(desk, deal, command.field, value, by=actor.id)
    await dialogues.close(desk.tx, actor.id)
    await deal_faces.refresh(desk, deal.id, also_for=actor.id)
    changed = await opportunities.find(desk.tx, deal.id) or deal
    note = deals.CHANGED.format(field=DEAL_FIELDS[command.field])
    return Reply(card=await deal_faces.deal_face(desk, changed, note=note), topic=deal.topic)


class _Unclear:
    """What could not be understood, said to the person."""

    def __init__(self, text: str) -> None:
        self.text = text


def _read(desk: Desk, field: str, said: str) -> str | Decimal | date | _Unclear:
    if field == "product":
        return _product(desk, said)
    if field == "amount":
        amount = read_amount(said)
        return _Unclear(deals.AMOUNT_UNCLEAR.format(said=said)) if amount is None else amount
    if field == "expected_close_on":
        return _day(desk, said)
    if field == "name" and said:
        return said[:_NAME_LENGTH]
    return _Unclear(deals.FIELD_UNKNOWN.format(said=field))


def _product(desk: Desk, said: str) -> str | _Unclear:
    company = desk.company
    product = product_named(company, said)
    if product is not None:
        return product
    names = [one.name for one in company.catalogue.products]
    return _Unclear(deals.product_unknown(said, product_meant(company, said), names))


def _day(desk: Desk, said: str) -> date | _Unclear:
    working_time = desk.company.working_time
    today = desk.now.astimezone(working_time.zone).date()
    found = next(find_days(half_width(said).lower(), today=today, calendar=working_time.calendar), None)
    if found is None:
        return _Unclear(deals.DAY_UNCLEAR.format(said=said))
    return _Unclear(deals.DAY_PAST.format(said=said)) if found.on < today else found.on
