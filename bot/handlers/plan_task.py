"""Plan a task (提醒 L7 明天下午3点发合同, or a day chosen after a follow-up)."""

from __future__ import annotations

from datetime import timedelta

from bot.assignment import task_faces
from bot.cards.texts import work
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import PlanTask
from bot.crm.follow_up import NextStep, next_step
from bot.crm.task import Task
from bot.handlers import Scope
from bot.store import dialogues, subjects, tasks
from bot.store.subjects import Subject

router: Router[Scope] = Router()
_LASTS = timedelta(minutes=30)


@router.on(PlanTask)
async def on_plan_task(command: PlanTask, scope: Scope) -> Reply:
    """Understand the day, or ask for it."""
    desk, actor = scope.desk, scope.actor
    found = await subjects.written_about(desk, actor, command.lead_id) if command.lead_id else None
    if command.lead_id and found is None:
        await subjects.refused(desk, actor, action="plan", of=f"lead:{command.lead_id}")
        return Reply(text=work.NOT_YOURS.format(said=command.lead_id))
    if isinstance(found, list):
        return Reply(text=work.several(command.lead_id, tuple(lead.id for lead in found)))
    step = next_step(command.text, now=desk.now, working_time=desk.company.working_time)
    if step is None:
        await dialogues.open(desk, actor.id, "plan", {"lead_id": command.lead_id}, for_=_LASTS)
        return Reply(text=work.PLAN_PROMPT)
    await dialogues.close(desk.tx, actor.id)
    task = await _same(scope, found, step) or await tasks.add(
        desk,
        owner=actor,
        title=step.title,
        due_at=step.when.due_at,
        whole_day=step.when.whole_day,
        lead_id=found.lead.id if found else None,
        opportunity_id=found.deal.id if found and found.deal else None,
        by=actor.id,
    )
    return Reply(card=await task_faces.task_face(desk, task, actor), topic=task.topic)


async def _same(scope: Scope, found: Subject | None, step: NextStep) -> Task | None:
    """The task that an earlier press on the same button made: a second press makes no second one."""
    if not scope.tapped or found is None:
        return None
    wanted = (scope.actor.id, step.title, step.when.due_at)
    open_now = await tasks.open_of_lead(scope.desk, found.lead.id)
    return next((one for one in open_now if (one.owner_id, one.title, one.due_at) == wanted), None)
