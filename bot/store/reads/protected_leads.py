"""Which leads could be taken from their owners by the clock, and how long are they protected?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select

from bot.crm.follow_up_quality import Verdict
from bot.crm.pool import HELD
from bot.crm.protection import Course
from bot.crm.user import User
from bot.store.tables.assignment import follow_up_checks, lead_locks
from bot.store.tables.leads import leads, tenures
from bot.store.tables.machinery import timers
from bot.store.tables.people import users
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class ProtectedLead:
    """One of them; what is exempt (locked, an opportunity, won) is not among them."""

    lead_id: str
    epoch: int
    pool_id: str | None
    region: str
    owner_id: str
    owner_name: str
    owner_region: str
    course: Course
    #: When its clock looks next; None if no clock waits.
    timer_at: datetime | None


_counted = (
    select(func.max(follow_up_checks.c.at, type_=follow_up_checks.c.at.type))
    .where(
        follow_up_checks.c.lead_id == leads.c.id,
        follow_up_checks.c.verdict == Verdict.COUNTS.value,
    )
    .correlate(leads)
    .scalar_subquery()
)
_ALL = (
    select(
        leads.c.id, leads.c.epoch, leads.c.pool_id, leads.c.region, leads.c.owner_id, leads.c.owned_at,
        users.c.name.label("owner_name"), users.c.region.label("owner_region"),
        tenures.c.how, _counted.label("acted_at"), timers.c.due_at.label("timer_at"),
    )
    .join(users, users.c.id == leads.c.owner_id)
    .outerjoin(tenures, (tenures.c.lead_id == leads.c.id) & (tenures.c.epoch == leads.c.epoch))
    .outerjoin(lead_locks, lead_locks.c.lead_id == leads.c.id)
    .outerjoin(
        timers,
        (timers.c.lane_key == "lead:" + leads.c.id)
        & (timers.c.kind == "signal.protection.look")
        & (timers.c.state == "waiting"),
    )
    .where(
        leads.c.status.in_(sorted(HELD)),
        leads.c.owner_id.is_not(None),
        leads.c.merged_into.is_(None),
        lead_locks.c.lead_id.is_(None),
        leads.c.id > bindparam("after"),
    )
    .order_by(leads.c.id)
    .limit(bindparam("at_most"))
)  # fmt: skip
_ONE = _ALL.where(leads.c.id == bindparam("of_lead"))
_CHAIN = (
    select(tenures.c.how, tenures.c.from_at)
    .where(tenures.c.lead_id == bindparam("of_lead"))
    .order_by(tenures.c.epoch.desc())
)


async def protected_leads(tx: Tx, *, after: str, at_most: int) -> list[ProtectedLead]:
    """A slice of them all, by number; the last one's number begins the next slice."""
    return [await _read(tx, row) for row in await tx.all(_ALL, after=after, at_most=at_most)]


async def protected_lead(tx: Tx, lead_id: str) -> ProtectedLead | None:
    """This one, if a clock may take it."""
    row = await tx.first(_ONE, of_lead=lead_id, after="", at_most=1)
    return None if row is None else await _read(tx, row)


def may_see(viewer: User, found: ProtectedLead) -> bool:
    """Whether it is a lead of his people."""
    return any(viewer.leads_region(region) for region in {found.region, found.owner_region})


async def _read(tx: Tx, row: Any) -> ProtectedLead:  # noqa: ANN401 - a row
    began = row.owned_at
    if row.how == "transferred":
        began = await _began(tx, row.id, began)
    return ProtectedLead(
        row.id, row.epoch, row.pool_id, row.region, row.owner_id, row.owner_name, row.owner_region,
        Course(began, row.acted_at), row.timer_at,
    )  # fmt: skip


async def _began(tx: Tx, lead_id: str, began: datetime) -> datetime:
    """A lead that owners hand to each other keeps its first day: passing it round renews nothing."""
    for tenure in await tx.all(_CHAIN, of_lead=lead_id):
        began = tenure.from_at
        if tenure.how != "transferred":
            break
    return began
