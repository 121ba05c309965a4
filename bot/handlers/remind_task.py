"""Remind somebody of a task: when it is due, and once more on the next working morning."""

from __future__ import annotations

from bot.assignment import task_faces
from bot.cards import task as task_card
from bot.chat.outbound import Notice, Reply
from bot.chat.router import Router
from bot.crm.signals import RemindTask
from bot.crm.task import TaskState
from bot.crm.when import overdue_at
from bot.handlers import Scope
from bot.store import outbox, tasks, users

router: Router[Scope] = Router()


@router.on(RemindTask)
async def on_remind_task(command: RemindTask, scope: Scope) -> Reply:
    """Show the task again; a timer of a task that has ended finds nothing to do."""
    desk = scope.desk
    task = await tasks.find(desk, command.task_id)
    owner = await users.find(desk.tx, task.owner_id) if task else None
    if task is None or owner is None or task.state is not TaskState.OPEN:
        return Reply()
    late_from = overdue_at(task.due_at, desk.company.working_time)
    is_late = desk.now >= late_from
    note = "" if desk.now > task.due_at else task_card.NOW_DUE
    card = await task_faces.task_face(desk, task, owner, note=note)
    occasion = "overdue" if is_late else "due"
    key = f"task:{task.id}:{occasion}:{task.due_at.isoformat()}:{owner.id}"
    await outbox.post(desk, Notice(to=owner.id, key=key, card=card, topic=task.topic))
    if not is_late:
        await tasks.remind_again(desk, task, late_from)
    return Reply()
