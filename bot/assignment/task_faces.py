"""What each person sees of a task now."""

from __future__ import annotations

from bot.cards import task as task_card
from bot.chat.card import Card
from bot.crm.later import next_times
from bot.crm.task import Task
from bot.crm.user import User
from bot.store import outbox
from bot.store.desk import Desk
from bot.store.reads.my_tasks import task_line


async def task_face(desk: Desk, task: Task, viewer: User, *, note: str = "") -> Card:
    """The card of a task for somebody who may change it."""
    return await _drawn(desk, task, is_mine=task.owner_id == viewer.id, note=note)


async def refresh(desk: Desk, task: Task, *, also_for: str = "") -> None:
    """Draw again every card about it; who neither has it nor just changed it sees whose it is."""
    shown = await outbox.on_topic(desk, task.topic)
    if not shown:
        return
    gone = task_card.given_away(await task_line(desk, task))
    for one in shown:
        is_mine = one.user_id == task.owner_id
        card = await _drawn(desk, task, is_mine=is_mine) if is_mine or one.user_id == also_for else gone
        await outbox.redraw(desk, one, card)


async def _drawn(desk: Desk, task: Task, *, is_mine: bool, note: str = "") -> Card:
    working_time = desk.company.working_time
    return task_card.card(
        await task_line(desk, task),
        now=desk.now,
        zone=working_time.zone,
        offers=next_times(task.due_at, desk.now, working_time),
        is_mine=is_mine,
        note=note,
    )


async def given(desk: Desk, task: Task) -> Card:
    """The card of a task for the one who gave it away."""
    return task_card.given_away(await task_line(desk, task))
