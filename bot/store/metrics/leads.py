"""Leads: how they come, qualify, change hands and end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, select, union

from bot.crm.lead import LeadStatus
from bot.store.metrics.fact import NOW, QUOTING, Dim, Fact, Join, Measure, distinct, rows, those
from bot.store.metrics.lead_joins import (
    ROOT_CUSTOM,
    ROOT_DIMS,
    known_of,
    lead_joins,
    root_of,
    row_dims,
    tag_join,
    tenure_at,
)
from bot.store.tables.leads import claims, leads, status_changes, submissions, tenures
from bot.store.tables.sales import opportunities, quotes, stage_changes

_MERGED = lead_joins(opportunities.c.lead_id)["merged"]
_DEALS = opportunities.outerjoin(_MERGED.target, _MERGED.on)
_LEAD_OF_DEAL = root_of(opportunities.c.lead_id)
_WON = and_(opportunities.c.won.is_(True), opportunities.c.closed_at <= NOW)


def _progress() -> Any:  # noqa: ANN401 - a subquery
    """How far the opportunities of each lead went by now, wherever they stand today."""
    quoted = union(
        select(quotes.c.opportunity_id).where(quotes.c.at <= NOW),
        select(stage_changes.c.opportunity_id).where(
            stage_changes.c.after.in_(QUOTING), stage_changes.c.at <= NOW
        ),
    )
    return (
        select(
            _LEAD_OF_DEAL.label("lead_id"),
            func.max(case((opportunities.c.id.in_(quoted), 1), else_=0)).label("quoted"),
            func.max(case((_WON, 1), else_=0)).label("won"),
        )
        .select_from(_DEALS)
        .where(opportunities.c.lead_id.is_not(None), opportunities.c.created_at <= NOW)
        .group_by(_LEAD_OF_DEAL)
        .subquery("progress")
    )


PROGRESS = _progress()
IS_MQL = leads.c.marketing_qualified_at <= NOW
#: Sales reject a lead by marking it as worthless, or by sending it back to marketing.
_KEPT = and_(leads.c.status != LeadStatus.INVALID.value, leads.c.sales_rejected_at.is_(None))
IS_SQL = and_(leads.c.sales_qualified_at <= NOW, _KEPT)
_IS_WON = leads.c.id.in_(
    select(_LEAD_OF_DEAL).select_from(_DEALS).where(_WON, opportunities.c.lead_id.is_not(None))
)
_IS_ADDED = leads.c.wechat_added_at <= NOW
_IS_INVALID = leads.c.status == LeadStatus.INVALID.value


def lead_fact(at: ColumnElement[Any], name: str, *keep: ColumnElement[bool]) -> Fact:
    """Leads by the moment at which something first became true of them."""
    tenure, people = tenure_at(at, name)
    return Fact(
        source=leads,
        at=at,
        keep=(leads.c.merged_into.is_(None), *keep),
        dims={**people, **known_of(leads)},
        joins={
            "tenure": tenure,
            "progress": Join(PROGRESS, PROGRESS.c.lead_id == leads.c.id),
            "tag": tag_join(leads.c.id),
        },
        custom=Dim(leads.c.custom),
    )


CREATED = lead_fact(leads.c.created_at, "created")
_MQL = lead_fact(leads.c.marketing_qualified_at, "mql")


def _of_lead(table: Any, *keep: ColumnElement[bool], at: str = "at", owner: str = "owner_id") -> Fact:  # noqa: ANN401 - a table
    """Rows that name a lead and keep whose it was."""
    return Fact(
        source=table,
        at=table.c[at],
        keep=keep,
        dims={**row_dims(table, owner), **ROOT_DIMS},
        joins=lead_joins(table.c.lead_id),
        custom=ROOT_CUSTOM,
    )


def _with(fact: Fact, **columns: ColumnElement[Any]) -> Fact:
    """The same facts, cut by columns of their own."""
    return replace(fact, dims={**fact.dims, **{name: Dim(column) for name, column in columns.items()}})


def _leads_of(fact: Fact, table: Any) -> Measure:  # noqa: ANN401 - a table
    return Measure(fact, (distinct(root_of(table.c.lead_id)),), ("merged",))


def _share(condition: ColumnElement[bool], fact: Fact = CREATED) -> Measure:
    return Measure(fact, (those(condition), rows()))


#: The later submission says itself where it came from.
_RE_ENQUIRIES = _with(
    _of_lead(submissions, submissions.c.kind == "re_enquiry"),
    source=submissions.c.source,
    campaign=submissions.c.campaign,
)
_INVALID = _with(
    _of_lead(status_changes, status_changes.c.after == LeadStatus.INVALID.value),
    invalid_reason=status_changes.c.reason,
)

MEASURES: Mapping[str, Measure] = {
    "new_leads": Measure(CREATED, (rows(),)),
    "re_enquiries": Measure(_RE_ENQUIRIES, (rows(),)),
    "mql": Measure(_MQL, (rows(),)),
    "sql": Measure(lead_fact(leads.c.sales_qualified_at, "sql", _KEPT), (rows(),)),
    "lead_to_mql_rate": _share(IS_MQL),
    "mql_to_sql_rate": _share(IS_SQL, fact=_MQL),
    "lead_to_won_rate": _share(_IS_WON),
    "claimed_leads": _leads_of(_of_lead(claims, claims.c.outcome == "won", owner="user_id"), claims),
    "returned_leads": _leads_of(_of_lead(tenures, tenures.c.ended_how == "released", at="to_at"), tenures),
    "recycled_leads": _leads_of(_of_lead(tenures, tenures.c.ended_how == "recycled", at="to_at"), tenures),
    "invalid_leads": _leads_of(_INVALID, status_changes),
    "invalid_rate": _share(_IS_INVALID),
    "wechat_added": Measure(lead_fact(leads.c.wechat_added_at, "added"), (rows(),)),
    "wechat_added_rate": _share(_IS_ADDED),
}
