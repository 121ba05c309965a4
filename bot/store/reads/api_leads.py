"""Leads as other systems page through them: a place in the order, not a number of rows to skip."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select

from bot.crm.lead import Lead
from bot.store.leads import lead
from bot.store.tables.leads import leads, submissions
from bot.store.tx import Tx
from bot.store.types import UTCDateTime


@dataclass(frozen=True, slots=True)
class Place:
    """After this one the next page begins."""

    created_at: datetime
    lead_id: str


@dataclass(frozen=True, slots=True)
class Sent:
    """One form that a lead sent."""

    id: str
    form: str
    source: str
    campaign: str
    kind: str
    at: datetime


_SUBMISSIONS = (
    select(submissions)
    .where(submissions.c.lead_id == bindparam("of"))
    .order_by(submissions.c.at, submissions.c.id)
    .limit(bindparam("most"))
)


@cache
def _page(status: bool, owner: bool, source: bool, since: bool, after: bool) -> Select[Any]:
    """One statement for each way of asking, so that each is compiled once."""
    found = select(leads).where(leads.c.merged_into.is_(None))
    if status:
        found = found.where(leads.c.status == bindparam("of_status"))
    if owner:
        found = found.where(leads.c.owner_id == bindparam("of_owner"))
    if source:
        found = found.where(leads.c.source == bindparam("of_source"))
    if since:
        found = found.where(leads.c.changed_at >= bindparam("since", type_=UTCDateTime))
    if after:
        at = bindparam("after_at", type_=UTCDateTime)
        behind = (leads.c.created_at == at) & (leads.c.id > bindparam("after_id"))
        found = found.where(or_(leads.c.created_at > at, behind))
    return found.order_by(leads.c.created_at, leads.c.id).limit(bindparam("most"))


async def page(
    tx: Tx,
    *,
    most: int,
    status: str = "",
    owner: str = "",
    source: str = "",
    since: datetime | None = None,
    after: Place | None = None,
) -> list[tuple[Lead, Place]]:
    """The next `most`, by when they came: what comes meanwhile stands behind."""
    given: dict[str, Any] = {"most": most}
    if status:
        given["of_status"] = status
    if owner:
        given["of_owner"] = owner
    if source:
        given["of_source"] = source
    if since is not None:
        given["since"] = since
    if after is not None:
        given |= {"after_at": after.created_at, "after_id": after.lead_id}
    statement = _page(bool(status), bool(owner), bool(source), since is not None, after is not None)
    rows = await tx.all(statement, **given)
    return [(lead(row), Place(row.created_at, row.id)) for row in rows]


async def submissions_of(tx: Tx, lead_id: str, *, most: int) -> list[Sent]:
    """What a lead sent, the first one first."""
    rows = await tx.all(_SUBMISSIONS, of=lead_id, most=most)
    return [Sent(r.id, r.form, r.source, r.campaign, r.kind, r.at) for r in rows]
