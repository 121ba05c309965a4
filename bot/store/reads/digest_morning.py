"""What waits for somebody this morning: his tasks until tonight, and leads that he has not answered?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import bindparam, func, select

from bot.crm.lead import Lead, LeadStatus
from bot.crm.listing import TaskLine
from bot.store import leads as found_leads
from bot.store import tasks as found_tasks
from bot.store.desk import Desk
from bot.store.tables.leads import leads
from bot.store.tables.sales import opportunities, tasks

_DUE_TYPE = tasks.c.due_at.type
_MINE = (
    tasks.c.owner_id == bindparam("of_owner"),
    tasks.c.state == "open",
    tasks.c.due_at < bindparam("until", type_=_DUE_TYPE),
    tasks.c.due_at >= bindparam("since", type_=_DUE_TYPE),
)
_TASKS = (
    select(
        tasks, leads.c.name.label("lead_name"), leads.c.company.label("lead_company"),
        opportunities.c.name.label("deal_name"),
    )
    .select_from(
        tasks.outerjoin(leads, leads.c.id == tasks.c.lead_id).outerjoin(
            opportunities, opportunities.c.id == tasks.c.opportunity_id
        )
    )
    .where(*_MINE)
    .order_by(tasks.c.due_at, tasks.c.id)
    .limit(bindparam("most"))
)  # fmt: skip
_TASK_COUNT = select(func.count().label("n")).select_from(tasks).where(*_MINE)
_WAITING = (
    leads.c.owner_id == bindparam("of_owner"),
    leads.c.status == LeadStatus.ASSIGNED.value,
    leads.c.merged_into.is_(None),
)
_NEW = (
    select(leads)
    .where(*_WAITING)
    .order_by(leads.c.score.desc(), leads.c.owned_at, leads.c.id)
    .limit(bindparam("most"))
)
_NEW_COUNT = select(func.count().label("n")).select_from(leads).where(*_WAITING)
_EVER = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Morning:
    """Some of each, and how many there are in all."""

    overdue: tuple[TaskLine, ...]
    overdue_total: int
    today: tuple[TaskLine, ...]
    today_total: int
    new: tuple[Lead, ...]
    new_total: int

    @property
    def total(self) -> int:
        """All that waits."""
        return self.overdue_total + self.today_total + self.new_total


async def morning(desk: Desk, owner_id: str, *, tonight: datetime, most: int) -> Morning:
    """At most so many of each kind."""
    # A task that is due this very second is late, as everywhere.
    late, late_total = await _tasks(desk, owner_id, _EVER, _next_moment(desk.now), most)
    today, today_total = await _tasks(desk, owner_id, _next_moment(desk.now), tonight, most)
    new = await desk.tx.all(_NEW, of_owner=owner_id, most=most)
    count = await desk.tx.first(_NEW_COUNT, of_owner=owner_id)
    return Morning(
        late, late_total, today, today_total, tuple(found_leads.lead(row) for row in new),
        0 if count is None else int(count.n),
    )  # fmt: skip


def _next_moment(at: datetime) -> datetime:
    return at + timedelta(microseconds=1)


async def _tasks(
    desk: Desk, owner_id: str, since: datetime, until: datetime, most: int
) -> tuple[tuple[TaskLine, ...], int]:
    if until <= since:
        return (), 0
    span = {"of_owner": owner_id, "since": since, "until": until}
    rows = await desk.tx.all(_TASKS, most=most, **span)
    count = await desk.tx.first(_TASK_COUNT, **span)
    lines = tuple(
        TaskLine(
            found_tasks.read(desk, row),
            "·".join(part for part in (row.lead_name, row.lead_company) if part) or row.deal_name or "",
        )
        for row in rows
    )
    return lines, 0 if count is None else int(count.n)
