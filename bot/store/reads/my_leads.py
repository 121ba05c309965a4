"""Which leads does somebody work on, the hot ones first?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, case, func, select

from bot.crm.lead import LeadStatus
from bot.crm.listing import PAGE, LeadLine, Page
from bot.crm.pool import HELD
from bot.store import leads as found_leads
from bot.store.tables.leads import leads
from bot.store.tables.sales import tasks
from bot.store.tx import Tx

_MINE = (
    leads.c.owner_id == bindparam("of_owner"),
    leads.c.status.in_(sorted(HELD)),
    leads.c.merged_into.is_(None),
)
_OPEN_TASKS = (
    select(
        tasks.c.lead_id,
        func.min(tasks.c.due_at, type_=tasks.c.due_at.type).label("next_due_at"),
        func.sum(case((tasks.c.due_at <= bindparam("until", type_=tasks.c.due_at.type), 1), else_=0)).label(
            "overdue"
        ),
    )
    .where(tasks.c.owner_id == bindparam("of_owner"), tasks.c.state == "open", tasks.c.lead_id.is_not(None))
    .group_by(tasks.c.lead_id)
    .subquery()
)
_LATE = func.coalesce(_OPEN_TASKS.c.overdue, 0)
_LINES = (
    select(leads, _LATE.label("overdue"), _OPEN_TASKS.c.next_due_at)
    .outerjoin(_OPEN_TASKS, _OPEN_TASKS.c.lead_id == leads.c.id)
    .where(*_MINE)
    # What is late first, then what nobody has answered yet, then by score.
    .order_by(
        case((_LATE > 0, 0), else_=1),
        leads.c.score.desc(),
        case((leads.c.status == LeadStatus.ASSIGNED.value, 0), else_=1),
        leads.c.created_at,
        leads.c.id,
    )
    .limit(PAGE)
    .offset(bindparam("skipped"))
)
_COUNT = select(
    func.count().label("total"), func.coalesce(func.sum(case((_LATE > 0, 1), else_=0)), 0).label("overdue")
).select_from(leads.outerjoin(_OPEN_TASKS, _OPEN_TASKS.c.lead_id == leads.c.id)).where(*_MINE)  # fmt: skip


@dataclass(frozen=True, slots=True)
class MyLeads:
    """One page, and how many of all have a task that is late."""

    page: Page[LeadLine]
    overdue: int


async def my_leads(tx: Tx, owner_id: str, *, now: datetime, number: int) -> MyLeads:
    """A page of them; the last one for a number beyond it."""
    count = await tx.first(_COUNT, of_owner=owner_id, until=now)
    total, overdue = (int(count.total), int(count.overdue)) if count else (0, 0)
    number = min(number, max(1, -(-total // PAGE)))
    rows = await tx.all(_LINES, of_owner=owner_id, until=now, skipped=(number - 1) * PAGE)
    lines = tuple(LeadLine(found_leads.lead(row), int(row.overdue), row.next_due_at) for row in rows)
    return MyLeads(Page(lines, number, total), overdue)
