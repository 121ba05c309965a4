"""What is known of the records behind a number, a page of them at a time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, FromClause, Select, bindparam, null, select

from bot.crm.lead import Lead
from bot.store import leads as found_leads
from bot.store import tasks as found_tasks
from bot.store.desk import Desk
from bot.store.metrics.listing import Kind
from bot.store.tables.imports import costs
from bot.store.tables.insight import complaints, surveys, touches
from bot.store.tables.leads import leads, submissions
from bot.store.tables.sales import accounts, follow_ups, opportunities, payments, tasks


@dataclass(frozen=True, slots=True)
class Record:
    """One of them: whom it is about, whose it is today, and what its own columns say."""

    id: str
    #: The lead that counts, where there is one.
    lead: Lead | None = None
    #: Who has it today; of a lead its owner.
    owner_id: str | None = None
    #: It is the owner's whoever has the lead.
    has_own_owner: bool = False
    #: Text, amounts and dates by column.
    facts: Mapping[str, Any] = field(default_factory=dict)


_THOSE: BindParameter[Any] = bindparam("those", expanding=True)
_LEADS = select(leads).where(leads.c.id.in_(_THOSE))


def _of(table: FromClause, owner: ColumnElement[Any], lead: ColumnElement[Any], *more: Any) -> Select[Any]:  # noqa: ANN401 - columns
    named = select(table.c.id, owner.label("of_owner"), lead.label("of_lead"), *more)
    return named.where(table.c.id.in_(_THOSE))


def _named(name: str, column: ColumnElement[Any]) -> ColumnElement[Any]:
    return column.label(f"f_{name}")


def _own(table: FromClause, names: str) -> list[ColumnElement[Any]]:
    return [_named(name, table.c[name]) for name in names.split()]


_TOUCHED = "channel campaign failed_at bounced_at unsubscribed_at clicked_at opened_at delivered_at sent_at"
_SELECTS: Mapping[Kind, Select[Any]] = {
    Kind.DEAL: _of(
        opportunities,
        opportunities.c.owner_id,
        opportunities.c.lead_id,
        *_own(opportunities, "name stage amount currency product source lost_reason"),
        _named("account", accounts.c.name),
    ).select_from(opportunities.outerjoin(accounts, accounts.c.id == opportunities.c.account_id)),
    Kind.FOLLOW_UP: _of(
        follow_ups,
        follow_ups.c.owner_id,
        follow_ups.c.lead_id,
        *_own(follow_ups, "kind user_id response_minutes"),
    ),
    Kind.PAYMENT: _of(
        payments,
        opportunities.c.owner_id,
        opportunities.c.lead_id,
        *_own(payments, "amount opportunity_id"),
        *_own(opportunities, "name currency"),
    ).select_from(payments.outerjoin(opportunities, opportunities.c.id == payments.c.opportunity_id)),
    Kind.SUBMISSION: _of(
        submissions, leads.c.owner_id, submissions.c.lead_id, *_own(submissions, "form source campaign")
    ).select_from(submissions.outerjoin(leads, leads.c.id == submissions.c.lead_id)),
    Kind.ACCOUNT: _of(accounts, accounts.c.owner_id, null(), *_own(accounts, "name industry city")),
    Kind.COST: _of(costs, null(), null(), *_own(costs, "source campaign amount")),
    Kind.TOUCH: _of(touches, touches.c.owner_id, touches.c.lead_id, *_own(touches, _TOUCHED)),
    Kind.SURVEY: _of(surveys, surveys.c.owner_id, surveys.c.lead_id, *_own(surveys, "mark product")),
    Kind.COMPLAINT: _of(
        complaints, complaints.c.owner_id, complaints.c.lead_id, *_own(complaints, "reason product closed_at")
    ),
}
#: Kinds that have an owner of their own today.
_OWNED = frozenset({Kind.DEAL, Kind.PAYMENT, Kind.ACCOUNT})
_TASKS = select(tasks).where(tasks.c.id.in_(_THOSE))


async def described(desk: Desk, kind: Kind, ids: Sequence[str]) -> dict[str, Record]:
    """What is known of each; ids that are gone are left out."""
    if not ids:
        return {}
    if kind is Kind.LEAD:
        return {one.id: Record(one.id, one, one.owner_id) for one in (await _leads(desk, ids)).values()}
    if kind is Kind.TASK:
        return await _tasks(desk, ids)
    rows = await desk.tx.all(_SELECTS[kind], those=list(ids))
    about = await _leads(desk, [row.of_lead for row in rows if row.of_lead])
    found = {row.id: _record(kind, row, about.get(row.of_lead or "")) for row in rows}
    return {**await _people(desk, set(ids) - set(found)), **found} if kind is Kind.ACCOUNT else found


async def _people(desk: Desk, ids: set[str]) -> dict[str, Record]:
    """Customers without an account: the lead is the customer."""
    return {
        key: Record(key, one, one.owner_id, facts={"name": "", "industry": one.industry, "city": one.city})
        for key, one in (await _leads(desk, sorted(ids))).items()
    }


def _record(kind: Kind, row: Any, lead: Lead | None) -> Record:  # noqa: ANN401 - a row
    """What happened with a lead is today his whose the lead is."""
    is_own = kind in _OWNED
    owner_id = row.of_owner if lead is None or is_own else lead.owner_id
    return Record(row.id, lead, owner_id, is_own, _facts(row))


def _facts(row: Any) -> dict[str, Any]:  # noqa: ANN401 - a row
    return {name[2:]: value for name, value in row._mapping.items() if name.startswith("f_")}  # noqa: SLF001 - SQLAlchemy's public name


async def _tasks(desk: Desk, ids: Sequence[str]) -> dict[str, Record]:
    found = [found_tasks.read(desk, row) for row in await desk.tx.all(_TASKS, those=list(ids))]
    about = await _leads(desk, [one.lead_id for one in found if one.lead_id])
    return {
        one.id: Record(
            one.id, about.get(one.lead_id or ""), one.owner_id, has_own_owner=True,
            facts={"title": one.title, "due": one.due_at, "state": one.state.value, "done": one.done_at},
        )
        for one in found
    }  # fmt: skip


async def _leads(desk: Desk, ids: Sequence[str]) -> dict[str, Lead]:
    """By the id that was asked for; one that was merged away is the one it became."""
    found = {row.id: found_leads.lead(row) for row in await _rows(desk, ids)}
    merged = {one.merged_into for one in found.values() if one.merged_into} - set(found)
    into = {row.id: found_leads.lead(row) for row in await _rows(desk, sorted(merged))}
    return {key: {**into, **found}.get(one.merged_into or "", one) for key, one in found.items()}


async def _rows(desk: Desk, ids: Sequence[str]) -> Sequence[Any]:
    return await desk.tx.all(_LEADS, those=sorted(set(ids))) if ids else ()
