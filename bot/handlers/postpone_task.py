"""Postpone a task (推迟): to what was chosen or said; without it, ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.assignment import task_faces
from bot.cards import task as task_card
from bot.cards.texts import work
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import PostponeTask
from bot.crm.task import TaskState
from bot.crm.when import read_when
from bot.handlers import Scope
from bot.store import dialogues, subjects, tasks

router: Router[Scope] = Router()
_LASTS = timedelta(minutes=30)


@router.on(PostponeTask)
async def on_postpone_task(command: PostponeTask, scope: Scope) -> Reply:
    """Move its due time; the reminder moves with it."""
    desk, actor = scope.desk, scope.actor
    found = await subjects.task(desk, command.task_id)
    if found is None or not found.is_open_to(actor):
        await subjects.refused(desk, actor, action="postpone", of=f"task:{command.task_id}")
        return Reply(text=work.TASK_NOT_YOURS.format(task_id=command.task_id))
    task = found.task
    if task.state is not TaskState.OPEN:
        return Reply(text=work.task_ended(task.id, task.state.value))
    said = command.until or scope.chosen(task_card.KEY)
    when = read_when(said, now=desk.now, working_time=desk.company.working_time) if said else None
    if when is None:
        await dialogues.open(desk, actor.id, "postpone", {"task_id": task.id}, for_=_LASTS)
        text = (
            work.POSTPONE_UNCLEAR.format(said=said) if said else work.POSTPONE_PROMPT.format(task_id=task.id)
        )
        return Reply(text=text)
    await tasks.postpone(desk, task, until=when.due_at, whole_day=when.whole_day, by=actor.id)
    await dialogues.close(desk.tx, actor.id)
    moved = replace(task, due_at=when.due_at, whole_day=when.whole_day)
    await task_faces.refresh(desk, moved, also_for=actor.id)
    return Reply(card=await task_faces.task_face(desk, moved, actor), topic=task.topic)
