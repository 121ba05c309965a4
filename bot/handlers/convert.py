"""Convert (转商机): make an account and an opportunity of a lead."""

from __future__ import annotations

import structlog

from bot.assignment import deal_faces, faces, respond
from bot.cards.texts import deals
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.amount import read_amount
from bot.crm.catalogue_words import product_meant, product_named
from bot.crm.commands import ConvertLead
from bot.crm.lead import Lead, LeadStatus
from bot.crm.opportunity import Opportunity
from bot.crm.pool import HELD
from bot.crm.user import User
from bot.crm.when import read_when
from bot.handlers import Scope
from bot.intake.clean.company import company_key
from bot.intake.lifecycle import DECIDING, forward
from bot.store import accounts, lead_status, opportunities, subjects
from bot.store.accounts import Account
from bot.store.desk import Desk
from bot.store.opportunities import Plan
from bot.store.subjects import Subject

router: Router[Scope] = Router()
_log = structlog.get_logger()


@router.on(ConvertLead)
async def on_convert(command: ConvertLead, scope: Scope) -> Reply:
    """Its owner, or who leads his region, says that something may be sold."""
    desk, actor = scope.desk, scope.actor
    found = await subjects.find(desk.tx, command.lead_id)
    if found is None or not found.is_open_to(actor):
        await subjects.refused(desk, actor, action="convert", of=f"lead:{command.lead_id}")
        return Reply(text=deals.not_yours(command.lead_id))
    if found.lead.status is LeadStatus.CONVERTED:
        return await _before(desk, found.lead)
    plan = _plan(desk, command, found.lead)
    if isinstance(plan, str):
        return Reply(text=plan)
    deal = await _convert(desk, found, plan, by=actor) if found.lead.status in HELD else None
    if deal is None:
        return Reply(text=deals.NOT_CONVERTIBLE.format(lead_id=found.lead.id))
    card = await deal_faces.deal_face(desk, deal, note=deals.CONVERTED)
    return Reply(card=card, topic=deal.topic, fresh=True)


async def _before(desk: Desk, lead: Lead) -> Reply:
    deal = next(iter(await opportunities.of_lead(desk.tx, lead.id)), None)
    text = deals.CONVERTED_BEFORE.format(lead_id=lead.id)
    if deal is None:
        return Reply(text=text)
    return Reply(card=await deal_faces.deal_face(desk, deal, note=text), topic=deal.topic, fresh=True)


def _plan(desk: Desk, command: ConvertLead, lead: Lead) -> Plan | str:
    """What was said of product, amount and close, or what could not be understood of it."""
    company, working_time = desk.company, desk.company.working_time
    product = product_named(company, command.product) if command.product else ""
    if product is None:
        names = [one.name for one in company.catalogue.products]
        return deals.product_unknown(command.product, product_meant(company, command.product), names)
    amount = read_amount(command.amount) if command.amount else None
    if command.amount and amount is None:
        return deals.AMOUNT_UNCLEAR.format(said=command.amount)
    said = command.expected_close_on
    when = read_when(said, now=desk.now, working_time=working_time) if said else None
    if said and when is None:
        return deals.DAY_UNCLEAR.format(said=said)
    name = "·".join(part for part in (lead.company or lead.display, product) if part)
    close_on = when.due_at.astimezone(working_time.zone).date() if when else None
    return Plan(name=name, product=product, amount=amount, expected_close_on=close_on)


async def _convert(desk: Desk, found: Subject, plan: Plan, *, by: User) -> Opportunity | None:
    lead, owner = found.lead, found.owner or by
    account = await _account(desk, lead, owner)
    if not await lead_status.convert(desk, lead, account_id=account.id, by=owner):
        return None
    deal = await opportunities.begin(desk, plan, lead=lead, account_id=account.id, owner=owner, by=by.id)
    await forward(desk, lead, DECIDING, reason="converted", by=by.id)
    await respond.stop(desk, lead.id)
    await faces.refresh(desk, lead.id)
    _log.info("lead.converted", lead=lead.id, deal=deal.id, account=account.id, user=by.id)
    return deal


async def _account(desk: Desk, lead: Lead, owner: User) -> Account:
    """The account of the same company, else a new one; a person without a company is one of his own."""
    key = company_key(lead.company) if lead.company else ""
    code = lead.custom.get("uscc", "")
    uscc = code if isinstance(code, str) else ""
    known = await accounts.of_uscc(desk.tx, uscc) or await accounts.of_name(desk.tx, key)
    if known is not None:
        return known
    name = lead.company or lead.display
    return await accounts.open(
        desk,
        name=name,
        name_key=key,
        owner_id=owner.id,
        industry=lead.industry,
        city=lead.city,
        uscc=uscc,
    )
