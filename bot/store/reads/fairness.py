"""Who got how many leads in these days, by what way, how warm, and how soon did he answer?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, case, func, select

from bot.crm.fairness import Share
from bot.crm.user import Role, User
from bot.store.tables.leads import leads, tenures
from bot.store.tables.people import users
from bot.store.tables.sales import follow_ups
from bot.store.tx import Tx

_REPS = (
    select(users.c.id, users.c.name, users.c.region)
    .where(
        users.c.role == Role.REP.value,
        users.c.joined_at < bindparam("until"),
        (users.c.left_at.is_(None)) | (users.c.left_at > bindparam("since")),
    )
    .order_by(users.c.region, users.c.id)
)
_GOT = (
    select(
        tenures.c.owner_id,
        tenures.c.how,
        tenures.c.by,
        func.count().label("n"),
        func.sum(case((leads.c.score >= bindparam("line"), 1), else_=0)).label("hot"),
    )
    .join(leads, leads.c.id == tenures.c.lead_id)
    .where(
        tenures.c.from_at >= bindparam("since"),
        tenures.c.from_at < bindparam("until"),
        leads.c.merged_into.is_(None),
    )
    .group_by(tenures.c.owner_id, tenures.c.how, tenures.c.by)
)
_ANSWERED = select(follow_ups.c.owner_id, follow_ups.c.response_minutes).where(
    follow_ups.c.at >= bindparam("since"),
    follow_ups.c.at < bindparam("until"),
    follow_ups.c.response_minutes.is_not(None),
)


async def fairness(
    tx: Tx, viewer: User, *, since: datetime, until: datetime, hot_from: int
) -> tuple[Share, ...]:
    """One share for each rep whom `viewer` leads, those who got nothing too."""
    span = {"since": since, "until": until}
    shares = {
        row.id: Share(row.id, row.name, row.region)
        for row in await tx.all(_REPS, **span)
        if viewer.leads_region(row.region)
    }
    for row in await tx.all(_GOT, line=hot_from, **span):
        share = shares.get(row.owner_id)
        if share is not None:
            way = _way(row.how, row.by)
            share.ways[way] = share.ways.get(way, 0) + row.n
            share.hot += int(row.hot or 0) if way != "created" else 0
    for row in await tx.all(_ANSWERED, **span):
        share = shares.get(row.owner_id)
        if share is not None:
            share.responses.append(row.response_minutes)
    return tuple(shares.values())


def _way(how: str, by: str) -> str:
    if how in {"claimed", "created"}:
        return how
    return "rule" if by == "system" else "hand"
