"""Complete a task (完成)."""

from __future__ import annotations

from dataclasses import replace

from bot.assignment import task_faces
from bot.cards.texts import work
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import CompleteTask
from bot.crm.task import TaskState
from bot.handlers import Scope
from bot.store import subjects, tasks

router: Router[Scope] = Router()


@router.on(CompleteTask)
async def on_complete_task(command: CompleteTask, scope: Scope) -> Reply:
    """Mark it as done, once."""
    desk, actor = scope.desk, scope.actor
    found = await subjects.task(desk, command.task_id)
    if found is None or not found.is_open_to(actor):
        await subjects.refused(desk, actor, action="complete", of=f"task:{command.task_id}")
        return Reply(text=work.TASK_NOT_YOURS.format(task_id=command.task_id))
    task = found.task
    if not await tasks.complete(desk, task, by=actor.id):
        card = await task_faces.task_face(desk, task, actor)
        return Reply(card=card, topic=task.topic, text=work.task_ended(task.id, task.state.value))
    done = replace(task, state=TaskState.DONE, done_at=desk.now)
    await task_faces.refresh(desk, done, also_for=actor.id)
    return Reply(card=await task_faces.task_face(desk, done, actor), topic=task.topic)
