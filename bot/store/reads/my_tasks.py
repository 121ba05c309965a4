"""What does somebody have to do, and what about?"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, case, func, select

from bot.crm.listing import PAGE, Page, TaskLine
from bot.crm.task import Task
from bot.store import tasks as found_tasks
from bot.store.desk import Desk
from bot.store.tables.leads import leads
from bot.store.tables.people import users
from bot.store.tables.sales import opportunities, tasks

_JOINED = (
    tasks.outerjoin(leads, leads.c.id == tasks.c.lead_id)
    .outerjoin(opportunities, opportunities.c.id == tasks.c.opportunity_id)
    .outerjoin(users, users.c.id == tasks.c.owner_id)
)
_ABOUT = (
    leads.c.name.label("lead_name"),
    leads.c.company.label("lead_company"),
    opportunities.c.name.label("deal_name"),
    users.c.name.label("owner_name"),
)
_UNTIL = bindparam("until", type_=tasks.c.due_at.type)
_MINE = (tasks.c.owner_id == bindparam("of_owner"), tasks.c.state == "open")
_LINES = (
    select(tasks, *_ABOUT)
    .select_from(_JOINED)
    .where(*_MINE)
    .order_by(
        case((tasks.c.due_at <= _UNTIL, 0), else_=1), tasks.c.is_urgent.desc(), tasks.c.due_at, tasks.c.id
    )
    .limit(PAGE)
    .offset(bindparam("skipped"))
)
_COUNT = select(
    func.count().label("total"),
    func.coalesce(func.sum(case((tasks.c.due_at <= _UNTIL, 1), else_=0)), 0).label("overdue"),
).where(*_MINE)
_ONE = select(tasks, *_ABOUT).select_from(_JOINED).where(tasks.c.id == bindparam("of"))


@dataclass(frozen=True, slots=True)
class MyTasks:
    """One page, and how many of all are late."""

    page: Page[TaskLine]
    overdue: int


async def my_tasks(desk: Desk, owner_id: str, *, number: int) -> MyTasks:
    """A page of them, the overdue ones first; the last page for a number beyond it."""
    count = await desk.tx.first(_COUNT, of_owner=owner_id, until=desk.now)
    total, overdue = (int(count.total), int(count.overdue)) if count else (0, 0)
    number = min(number, max(1, -(-total // PAGE)))
    rows = await desk.tx.all(_LINES, of_owner=owner_id, until=desk.now, skipped=(number - 1) * PAGE)
    return MyTasks(Page(tuple(line(desk, row) for row in rows), number, total), overdue)


async def task_line(desk: Desk, task: Task) -> TaskLine:
    """A task as it is now with what it is about, for its card."""
    row = await desk.tx.first(_ONE, of=task.id)
    return TaskLine(task) if row is None else line(desk, row)


def line(desk: Desk, row: Any) -> TaskLine:  # noqa: ANN401 - a row of tasks with names
    """Read a row."""
    lead = "·".join(part for part in (row.lead_name, row.lead_company) if part)
    return TaskLine(found_tasks.read(desk, row), lead or row.deal_name or "", row.owner_name or row.owner_id)
