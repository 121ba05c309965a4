"""Show a task as it stands."""

from __future__ import annotations

from bot.assignment import task_faces
from bot.cards.texts import work
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import ShowTask
from bot.handlers import Scope
from bot.store import subjects

router: Router[Scope] = Router()


@router.on(ShowTask)
async def on_show_task(command: ShowTask, scope: Scope) -> Reply:
    """Show it to whoever has it, or leads him."""
    desk, actor = scope.desk, scope.actor
    found = await subjects.task(desk, command.task_id)
    if found is None or not found.is_open_to(actor):
        await subjects.refused(desk, actor, action="show", of=f"task:{command.task_id}")
        return Reply(text=work.TASK_NOT_YOURS.format(task_id=command.task_id))
    if not scope.is_private:
        return Reply(text=work.ONLY_PRIVATE)
    return Reply(card=await task_faces.task_face(desk, found.task, actor), topic=found.task.topic, fresh=True)
