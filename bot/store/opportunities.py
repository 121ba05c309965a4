"""Opportunities: begin one, move it from stage to stage, close it; every change leaves a row."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.crm.lead import Lead
from bot.crm.opportunity import DealFacts, Opportunity
from bot.crm.user import User
from bot.store import accounts, payments, quotes, users, webhooks
from bot.store.desk import Desk
from bot.store.tables.sales import opportunities, opportunity_changes, stage_changes
from bot.store.tx import Tx

_FIELDS = ("name", "product", "amount", "expected_close_on")
_BY_ID = select(opportunities).where(opportunities.c.id == bindparam("of"))
_OF_LEAD = (
    select(opportunities)
    .where(opportunities.c.lead_id == bindparam("of_lead"))
    .order_by(
        opportunities.c.closed_at.is_not(None), opportunities.c.created_at.desc(), opportunities.c.id.desc()
    )
)
_this_open = (opportunities.c.id == bindparam("of"), opportunities.c.closed_at.is_(None))
_MOVE = (
    update(opportunities)
    .where(*_this_open, opportunities.c.stage == bindparam("was"))
    .values(stage=bindparam("is_now"), stage_since=bindparam("at"))
)
_CLOSE = (
    update(opportunities)
    .where(*_this_open)
    .values(
        stage=bindparam("is_now"),
        stage_since=bindparam("at"),
        closed_at=bindparam("at"),
        won=bindparam("is_won"),
        lost_reason=bindparam("why"),
        closed_owner_id=bindparam("of_owner"),
        closed_team=bindparam("of_team"),
        closed_region=bindparam("of_region"),
    )
)
_CHANGE = {
    field: update(opportunities).where(*_this_open).values({field: bindparam("new_value")})
    for field in _FIELDS
}
_PASS_ON = update(opportunities).where(*_this_open).values(owner_id=bindparam("to_user"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is known of an opportunity when it begins."""

    name: str
    product: str = ""
    amount: Decimal | None = None
    expected_close_on: date | None = None


async def begin(desk: Desk, plan: Plan, *, lead: Lead, account_id: str, owner: User, by: str) -> Opportunity:
    """Begin one at the first stage; it counts for the owner, team and region of this moment."""
    stage = desk.company.pipeline.first.name
    deal = Opportunity(
        id=f"D{await desk.tx.number('opportunity')}",
        account_id=account_id,
        name=plan.name,
        stage=stage,
        currency=desk.company.org.currency,
        created_at=desk.now,
        stage_since=desk.now,
        owner_id=owner.id,
        lead_id=lead.id,
        product=plan.product,
        amount=plan.amount,
        expected_close_on=plan.expected_close_on,
        source=lead.source,
    )
    names = ("id", "account_id", "lead_id", "name", "owner_id", "product", "stage", "amount", "currency")
    more = ("expected_close_on", "source", "created_at", "stage_since")
    row = {name: getattr(deal, name) for name in names + more}
    facts = {"created_owner_id": owner.id, "created_team": owner.team, "created_region": owner.region}
    empty = {"closed_team": "", "closed_region": ""}
    origin = {"campaign": lead.campaign, "industry": lead.industry}
    await desk.tx.insert(opportunities, {**row, **facts, **empty, **origin})
    await _note_stage(desk, deal, before="", after=stage, reason="created", by=by, owner=owner)
    await webhooks.tell(desk, "deal.created", _told(deal), lead_id=deal.lead_id)
    return deal


async def find(tx: Tx, opportunity_id: str) -> Opportunity | None:
    """The opportunity of this id."""
    row = await tx.first(_BY_ID, of=opportunity_id)
    return None if row is None else read(row)


async def of_lead(tx: Tx, lead_id: str) -> list[Opportunity]:
    """All that came of a lead: open ones first, then the latest."""
    return [read(row) for row in await tx.all(_OF_LEAD, of_lead=lead_id)]


async def facts(tx: Tx, deal: Opportunity) -> DealFacts:
    """All that its card tells."""
    account = await accounts.find(tx, deal.account_id)
    owner = await users.find(tx, deal.owner_id) if deal.owner_id else None
    quote = await quotes.latest(tx, deal.id)
    return DealFacts(
        deal=deal,
        account=account.name if account else "",
        owner=owner.name if owner else "",
        quoted=quote.amount if quote else None,
        discount=quote.discount if quote else None,
        quoted_at=quote.at if quote else None,
        paid=await payments.total(tx, deal.id),
    )


async def move(desk: Desk, deal: Opportunity, stage: str, *, by: str, reason: str = "") -> bool:
    """Bring it to another open stage; False if it moved or was closed meanwhile."""
    if await desk.tx.run(_MOVE, of=deal.id, was=deal.stage, is_now=stage, at=desk.now) != 1:
        return False
    await _note_stage(desk, deal, before=deal.stage, after=stage, reason=reason, by=by)
    return True


async def win(desk: Desk, deal: Opportunity, *, by: str) -> bool:
    """Close it as won at its present amount; False if it was closed before."""
    return await _close(desk, deal, desk.company.pipeline.won.name, is_won=True, reason=None, by=by)


async def lose(desk: Desk, deal: Opportunity, *, reason: str, by: str) -> bool:
    """Close it as lost; False if it was closed before."""
    return await _close(desk, deal, desk.company.pipeline.lost.name, is_won=False, reason=reason, by=by)


async def change(
    desk: Desk, deal: Opportunity, field: str, value: str | Decimal | date | None, *, by: str
) -> bool:
    """Set name, product, amount or expected_close_on; False if it was closed before."""
    before = getattr(deal, field)
    if before == value:
        return True
    if await desk.tx.run(_CHANGE[field], of=deal.id, new_value=value) != 1:
        return False
    await _note_change(desk, deal, field, before=before, after=value, by=by)
    return True


async def pass_on_of_lead(desk: Desk, lead_id: str, *, to: User, by: str) -> tuple[Opportunity, ...]:
    """Give the open opportunities of a lead to its new owner; those that changed."""
    moved = []
    for deal in await of_lead(desk.tx, lead_id):
        if deal.owner_id != to.id and await desk.tx.run(_PASS_ON, of=deal.id, to_user=to.id) == 1:
            await _note_change(desk, deal, "owner_id", before=deal.owner_id, after=to.id, by=by)
            moved.append(deal)
    return tuple(moved)


async def _close(
    desk: Desk, deal: Opportunity, stage: str, *, is_won: bool, reason: str | None, by: str
) -> bool:
    owner = await users.find(desk.tx, deal.owner_id) if deal.owner_id else None
    closed = await desk.tx.run(
        _CLOSE, of=deal.id, is_now=stage, at=desk.now, is_won=is_won, why=reason, of_owner=deal.owner_id,
        of_team=owner.team if owner else "", of_region=owner.region if owner else "",
    )  # fmt: skip
    if closed != 1:
        return False
    await _note_stage(desk, deal, before=deal.stage, after=stage, reason=reason or "", by=by, owner=owner)
    told = _told(deal) | {"stage": stage, "reason": reason or "", "by": by}
    await webhooks.tell(desk, "deal.won" if is_won else "deal.lost", told, lead_id=deal.lead_id)
    return True


def _told(deal: Opportunity) -> dict[str, Any]:
    """As other systems are told of it; money as text, so that no cent is lost on the way."""
    return {
        "id": deal.id, "lead": deal.lead_id, "account": deal.account_id, "name": deal.name,
        "owner": deal.owner_id, "product": deal.product, "stage": deal.stage, "currency": deal.currency,
        "amount": None if deal.amount is None else str(deal.amount),
    }  # fmt: skip


async def _note_stage(
    desk: Desk,
    deal: Opportunity,
    *,
    before: str,
    after: str,
    reason: str,
    by: str,
    owner: User | None = None,
) -> None:
    if owner is None and deal.owner_id:
        owner = await users.find(desk.tx, deal.owner_id)
    row: dict[str, Any] = {
        "opportunity_id": deal.id,
        "lead_id": deal.lead_id,
        "before": before,
        "after": after,
        "reason": reason,
        "by": by,
        "at": desk.now,
        "owner_id": deal.owner_id,
        "team": owner.team if owner else "",
        "region": owner.region if owner else "",
    }
    await desk.tx.insert(stage_changes, row)


async def _note_change(
    desk: Desk, deal: Opportunity, field: str, *, before: object, after: object, by: str
) -> None:
    row = {"opportunity_id": deal.id, "field": field, "by": by, "at": desk.now}
    await desk.tx.insert(opportunity_changes, {**row, "before": _spell(before), "after": _spell(after)})


def _spell(value: object) -> str | None:
    return None if value is None else str(value)


def read(row: Any) -> Opportunity:  # noqa: ANN401 - a row of opportunities
    """Read a row."""
    return Opportunity(
        id=row.id,
        account_id=row.account_id,
        name=row.name,
        stage=row.stage,
        currency=row.currency,
        created_at=row.created_at,
        stage_since=row.stage_since,
        owner_id=row.owner_id,
        lead_id=row.lead_id,
        product=row.product,
        amount=row.amount,
        expected_close_on=row.expected_close_on,
        source=row.source,
        closed_at=row.closed_at,
        won=None if row.won is None else bool(row.won),
        lost_reason=row.lost_reason,
    )
