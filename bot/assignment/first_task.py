"""A sales-qualified lead brings its owner an urgent first task."""

from __future__ import annotations

from datetime import timedelta

from bot.cards.texts import assignment as texts
from bot.crm.lead import Lead
from bot.crm.user import SYSTEM, User
from bot.store import tasks
from bot.store.desk import Desk


async def create(desk: Desk, lead: Lead, owner: User) -> None:
    """Have him contact a lead at the SQL line or above; he is told by the lead's own card."""
    if lead.score < desk.company.scoring.sales_qualified_at:
        return
    within = timedelta(minutes=desk.company.response.first_task_within_minutes)
    await tasks.add(
        desk,
        lead_id=lead.id,
        owner=owner,
        title=texts.FIRST_TASK.format(who=lead.display),
        due_at=desk.company.working_time.add_working(desk.now, within),
        is_urgent=True,
        by=SYSTEM.id,
    )
