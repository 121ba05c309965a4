"""Which owned leads has nobody followed up for some days?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select

from bot.crm.pool import HELD
from bot.crm.user import Role, User
from bot.store.tables.leads import leads
from bot.store.tables.people import users
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class StaleLead:
    """One of them."""

    lead_id: str
    name: str
    company: str
    score: int
    owner_id: str
    owner_name: str
    #: Its last follow-up, or when its owner got it.
    since: datetime


_SINCE = func.coalesce(
    leads.c.last_follow_up_at, leads.c.owned_at, leads.c.created_at, type_=leads.c.owned_at.type
)
_UNTIL = bindparam("until", type_=leads.c.owned_at.type)
_ALL = (
    select(
        leads.c.id, leads.c.name, leads.c.company, leads.c.score, leads.c.owner_id,
        users.c.name.label("owner_name"), _SINCE.label("since"),
    )
    .join(users, users.c.id == leads.c.owner_id)
    .where(leads.c.status.in_(sorted(HELD)), leads.c.merged_into.is_(None), _UNTIL >= _SINCE)
    # The hot ones first, then whoever waits longest.
    .order_by(leads.c.score.desc(), _SINCE, leads.c.id)
    .limit(bindparam("at_most"))
    .offset(bindparam("skipped"))
)  # fmt: skip
_OF_REGION = _ALL.where(
    or_(users.c.region == bindparam("in_region"), leads.c.region == bindparam("in_region"))
)
_OF_OWNER = _ALL.where(leads.c.owner_id == bindparam("of_owner"))


async def stale_leads(
    tx: Tx, viewer: User, *, until: datetime, at_most: int, skipped: int = 0
) -> tuple[StaleLead, ...]:
    """Those last touched at `until` or before, as far as `viewer` may see them."""
    page = {"until": until, "at_most": at_most, "skipped": skipped}
    if viewer.sees_all():
        rows = await tx.all(_ALL, **page)
    elif viewer.role is Role.MANAGER:
        rows = await tx.all(_OF_REGION, in_region=viewer.region, **page)
    else:
        rows = await tx.all(_OF_OWNER, of_owner=viewer.id, **page)
    return tuple(
        StaleLead(row.id, row.name, row.company, row.score, row.owner_id, row.owner_name, row.since)
        for row in rows
    )
