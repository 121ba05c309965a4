"""As of now: what lies in the pools, in hands, in the pipeline, overdue."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import ColumnElement, func, literal

from bot.crm.pool import HELD, WAITING
from bot.crm.task import TaskState
from bot.store.metrics.deals import cents, deal_dims
from bot.store.metrics.fact import NOW, STALE_AT, Dim, Fact, Measure, rows, total
from bot.store.metrics.lead_joins import (
    ROOT_CUSTOM,
    ROOT_DIMS,
    held_by,
    holder_join,
    known_of,
    lead_joins,
    tag_join,
)
from bot.store.tables.leads import leads
from bot.store.tables.sales import opportunities, tasks

_SINCE = func.coalesce(
    leads.c.last_follow_up_at, leads.c.owned_at, leads.c.created_at, type_=leads.c.created_at.type
)


def _waiting(*keep: ColumnElement[bool]) -> Fact:
    """Leads that are nobody's."""
    return Fact(
        source=leads,
        at=None,
        keep=(
            leads.c.owner_id.is_(None),
            leads.c.merged_into.is_(None),
            leads.c.status.in_(sorted(WAITING)),
            *keep,
        ),
        dims={"team": Dim(literal("")), "region": Dim(leads.c.region), **known_of(leads)},
        joins={"tag": tag_join(leads.c.id)},
        custom=Dim(leads.c.custom),
        pool=leads.c.pool_id,
    )


def _held(*keep: ColumnElement[bool]) -> Fact:
    """Leads in somebody's hands."""
    return Fact(
        source=leads,
        at=None,
        keep=(
            leads.c.owner_id.is_not(None),
            leads.c.merged_into.is_(None),
            leads.c.status.in_(sorted(HELD)),
            *keep,
        ),
        dims={**held_by(leads.c.owner_id), **known_of(leads)},
        joins={"holder": holder_join(leads.c.owner_id), "tag": tag_join(leads.c.id)},
        custom=Dim(leads.c.custom),
    )


_OPEN_DEALS = Fact(
    source=opportunities,
    at=None,
    keep=(opportunities.c.closed_at.is_(None),),
    dims={**held_by(opportunities.c.owner_id), **deal_dims()},
    joins={**lead_joins(opportunities.c.lead_id), "holder": holder_join(opportunities.c.owner_id)},
    custom=ROOT_CUSTOM,
)
_OVERDUE = Fact(
    source=tasks,
    at=None,
    keep=(tasks.c.state == TaskState.OPEN.value, tasks.c.due_at <= NOW),
    dims={**held_by(tasks.c.owner_id), **ROOT_DIMS},
    joins={**lead_joins(tasks.c.lead_id), "holder": holder_join(tasks.c.owner_id)},
    custom=ROOT_CUSTOM,
)

MEASURES: Mapping[str, Measure] = {
    "pool_leads": Measure(_waiting(leads.c.pool_id.is_not(None)), (rows(),)),
    "unassigned_leads": Measure(_waiting(), (rows(),)),
    "open_leads": Measure(_held(), (rows(),)),
    "stale_leads": Measure(_held(STALE_AT >= _SINCE), (rows(),)),
    "open_deals": Measure(_OPEN_DEALS, (rows(),)),
    "pipeline_amount": Measure(_OPEN_DEALS, (total(cents(opportunities.c.amount)),)),
    "overdue_tasks": Measure(_OVERDUE, (rows(),)),
}
