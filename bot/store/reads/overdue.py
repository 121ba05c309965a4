"""Which tasks should somebody's people have done by now?"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, bindparam, func, select

from bot.crm.listing import PAGE, Page, TaskLine
from bot.crm.user import Role, User
from bot.store import tasks as found_tasks
from bot.store.desk import Desk
from bot.store.tables.leads import leads
from bot.store.tables.people import users
from bot.store.tables.sales import opportunities, tasks

_LATE = (tasks.c.state == "open", tasks.c.due_at <= bindparam("until", type_=tasks.c.due_at.type))
_SCOPES: dict[str, tuple[ColumnElement[bool], ...]] = {
    "all": (),
    "region": (users.c.region == bindparam("in_region"),),
    "owner": (tasks.c.owner_id == bindparam("of_owner"),),
}
_JOINED = tasks.join(users, users.c.id == tasks.c.owner_id)
_LINES = {
    scope: select(
        tasks,
        leads.c.name.label("lead_name"),
        leads.c.company.label("lead_company"),
        opportunities.c.name.label("deal_name"),
        users.c.name.label("owner_name"),
    )
    .select_from(
        _JOINED.outerjoin(leads, leads.c.id == tasks.c.lead_id).outerjoin(
            opportunities, opportunities.c.id == tasks.c.opportunity_id
        )
    )
    .where(*_LATE, *limits)
    .order_by(tasks.c.due_at, tasks.c.id)
    .limit(PAGE)
    .offset(bindparam("skipped"))
    for scope, limits in _SCOPES.items()
}
_COUNTS = {
    scope: select(users.c.name, func.count().label("late"))
    .select_from(_JOINED)
    .where(*_LATE, *limits)
    .group_by(tasks.c.owner_id, users.c.name)
    .order_by(func.count().desc(), users.c.name)
    for scope, limits in _SCOPES.items()
}


@dataclass(frozen=True, slots=True)
class Overdue:
    """One page, and how many each person has."""

    page: Page[TaskLine]
    counts: tuple[tuple[str, int], ...]


async def overdue(desk: Desk, viewer: User, *, number: int) -> Overdue:
    """As far as `viewer` may see them: everybody's, his region's, or his own."""
    scope = (
        "all" if viewer.sees_all() else "region" if viewer.role is Role.MANAGER and viewer.region else "owner"
    )
    limits = {"region": {"in_region": viewer.region}, "owner": {"of_owner": viewer.id}}.get(scope, {})
    counts = tuple(
        (row.name, int(row.late)) for row in await desk.tx.all(_COUNTS[scope], until=desk.now, **limits)
    )
    total = sum(late for _, late in counts)
    number = min(number, max(1, -(-total // PAGE)))
    rows = await desk.tx.all(_LINES[scope], until=desk.now, skipped=(number - 1) * PAGE, **limits)
    lines = tuple(
        TaskLine(
            found_tasks.read(desk, row),
            "·".join(part for part in (row.lead_name, row.lead_company) if part) or row.deal_name or "",
            row.owner_name,
        )
        for row in rows
    )
    return Overdue(Page(lines, number, total), counts)
