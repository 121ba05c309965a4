"""Hand a task over (转交): to whom was chosen or named; without it, ask."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.assignment import task_faces
from bot.cards import task_hand_over
from bot.cards.texts import work
from bot.chat.outbound import Notice, Reply
from bot.chat.router import Router
from bot.crm.commands import HandOverTask
from bot.crm.task import Task, TaskState
from bot.crm.user import User
from bot.handlers import Scope
from bot.store import dialogues, outbox, subjects, tasks, users
from bot.store.subjects import TaskSubject

router: Router[Scope] = Router()
_LASTS = timedelta(minutes=30)


@router.on(HandOverTask)
async def on_hand_over_task(command: HandOverTask, scope: Scope) -> Reply:
    """Give it to somebody else, who is told."""
    desk, actor = scope.desk, scope.actor
    found = await subjects.task(desk, command.task_id)
    if found is None or not found.is_open_to(actor):
        await subjects.refused(desk, actor, action="hand_over", of=f"task:{command.task_id}")
        return Reply(text=work.TASK_NOT_YOURS.format(task_id=command.task_id))
    if found.task.state is not TaskState.OPEN:
        return Reply(text=work.task_ended(found.task.id, found.task.state.value))
    to = scope.chosen(task_hand_over.KEY) or command.to
    people = [one for one in await _meant(scope, to) if _may_have(found.task, one)] if to else []
    if len(people) != 1:
        note = work.HAND_OVER_SEVERAL if people else work.HAND_OVER_NOBODY if to else ""
        return await _ask(scope, found, people, note=note.format(to=to))
    if people[0].id == found.task.owner_id:
        return Reply(text=work.HAND_OVER_SELF.format(name=people[0].name))
    return await _give(scope, found.task, people[0])


async def _meant(scope: Scope, to: str) -> list[User]:
    by_id = await users.find(scope.desk.tx, to)
    return [by_id] if by_id is not None and by_id.active else await users.named(scope.desk.tx, to)


def _may_have(task: Task, one: User) -> bool:
    """Who sells nothing sees no customer, so no task about one either."""
    return one.role.sells or not (task.lead_id or task.opportunity_id)


async def _ask(scope: Scope, found: TaskSubject, among: list[User], *, note: str) -> Reply:
    desk, task = scope.desk, found.task
    region = found.owner.region if found.owner else scope.actor.region
    people = among or await users.reps(desk.tx, regions=(region,) if region else None)
    others = tuple(one for one in people if one.id != task.owner_id)
    await dialogues.open(desk, scope.actor.id, "hand_over", {"task_id": task.id}, for_=_LASTS)
    return Reply(card=task_hand_over.card(task, others, note=note), topic=task.topic)


async def _give(scope: Scope, task: Task, to: User) -> Reply:
    desk, actor = scope.desk, scope.actor
    await tasks.hand_over(desk, task, to=to, by=actor.id)
    await dialogues.close(desk.tx, actor.id)
    given = replace(task, owner_id=to.id)
    await task_faces.refresh(desk, given)
    if to.id != actor.id:
        card = await task_faces.task_face(desk, given, to, note=work.HANDED_BY.format(name=actor.name))
        key = f"task:{task.id}:given:{to.id}:{desk.now.isoformat()}"
        await outbox.post(desk, Notice(to=to.id, key=key, card=card, topic=task.topic))
    return Reply(card=await task_faces.given(desk, given), topic=task.topic)
