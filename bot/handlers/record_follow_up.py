"""Record a follow-up (跟进 L7 已电话,客户要报价,下周二回访): what was done, and what comes next."""

from __future__ import annotations

from dataclasses import replace

import structlog

from bot.assignment import faces, protect, respond, task_faces
from bot.cards import follow_up_recorded
from bot.cards.texts import work
from bot.chat.card import Card
from bot.chat.outbound import Notice, Reply
from bot.chat.router import Router
from bot.crm.commands import RecordFollowUp
from bot.crm.follow_up import NextStep, guess_kind, next_step
from bot.crm.later import next_days
from bot.crm.lead import LeadStatus
from bot.crm.spoken import say_moment
from bot.crm.task import Task, TaskState
from bot.crm.user import User
from bot.handlers import Scope
from bot.store import dialogues, follow_ups, lead_status, outbox, subjects, tasks
from bot.store.desk import Desk
from bot.store.follow_ups import FollowUp
from bot.store.subjects import Subject

router: Router[Scope] = Router()
_log = structlog.get_logger()


@router.on(RecordFollowUp)
async def on_record_follow_up(command: RecordFollowUp, scope: Scope) -> Reply:
    """Write it down for the owner or whoever leads his region; nobody else learns anything."""
    desk, actor = scope.desk, scope.actor
    found = await subjects.written_about(desk, actor, command.lead_id)
    if found is None:
        await subjects.refused(desk, actor, action="follow_up", of=f"lead:{command.lead_id}")
        return Reply(text=work.NOT_YOURS.format(said=command.lead_id))
    if not isinstance(found, Subject):
        return Reply(text=work.several(command.lead_id, tuple(lead.id for lead in found)))
    if found.lead.status is LeadStatus.INVALID:
        return Reply(text=work.CLOSED_LEAD.format(lead_id=found.lead.id))
    if not command.text.strip():
        return Reply(text=work.FOLLOW_UP_EMPTY)
    card = await _record(desk, found, actor, command.text.strip())
    if scope.is_private:
        return Reply(card=card, fresh=True)
    key = f"follow_up:{found.lead.id}:{desk.new_id()}"
    await outbox.post(desk, Notice(to=actor.id, key=key, card=card))
    return Reply(text=work.IN_GROUP_RECORDED.format(said=command.lead_id))


async def _record(desk: Desk, found: Subject, actor: User, text: str) -> Card:
    lead, working_time = found.lead, desk.company.working_time
    step = next_step(text, now=desk.now, working_time=working_time)
    done = await follow_ups.record(
        desk,
        lead,
        text=text,
        kind=guess_kind(text, step),
        by=actor,
        owner=found.owner or actor,
        opportunity_id=found.deal.id if found.deal else None,
    )
    verdict = await protect.act(desk, lead, done)
    ended = await _end_tasks(desk, found, actor)
    await _begin_work(desk, found, actor)
    await respond.stop(desk, lead.id)
    await dialogues.close(desk.tx, actor.id)
    if step is not None:
        await _plan(desk, found, actor, step)
    await faces.refresh(desk, lead.id)
    _log.info("lead.followed_up", lead=lead.id, user=actor.id, kind=done.kind.value, next=step is not None)
    card = _card(desk, found, done, step, ended)
    # It is kept whatever it says; what says too little does not extend the protection.
    hint = work.NOT_EXTENDED.get(verdict, "") if verdict else ""
    return replace(card, note=hint) if hint else card


async def _begin_work(desk: Desk, found: Subject, actor: User) -> None:
    if found.lead.status is LeadStatus.ASSIGNED:
        await lead_status.set_status(
            desk, found.lead, LeadStatus.WORKING, by=actor, owner=found.owner, reason="followed_up"
        )


async def _end_tasks(desk: Desk, found: Subject, actor: User) -> tuple[str, ...]:
    """A follow-up does what was due by the end of today, and the first call that every lead brings."""
    today = desk.now.astimezone(desk.company.org.zone).date()
    ended = []
    for task in await tasks.open_of_lead(desk, found.lead.id):
        is_due = task.due_at.astimezone(desk.company.org.zone).date() <= today
        if task.owner_id != actor.id or not (is_due or task.is_urgent):
            continue
        if await tasks.complete(desk, task, by=actor.id):
            ended.append(task.id)
            done = replace(task, state=TaskState.DONE, done_at=desk.now)
            await task_faces.refresh(desk, done)
    return tuple(ended)


async def _plan(desk: Desk, found: Subject, actor: User, step: NextStep) -> Task:
    task = await tasks.add(
        desk,
        owner=actor,
        title=step.title,
        due_at=step.when.due_at,
        whole_day=step.when.whole_day,
        lead_id=found.lead.id,
        opportunity_id=found.deal.id if found.deal else None,
        by=actor.id,
    )
    card = await task_faces.task_face(desk, task, actor)
    await outbox.post(desk, Notice(to=actor.id, key=f"task:{task.id}:new", card=card, topic=task.topic))
    return task


def _card(desk: Desk, found: Subject, done: FollowUp, step: NextStep | None, ended: tuple[str, ...]) -> Card:
    zone = desk.company.org.zone
    when = step.when if step else None
    said = say_moment(when.due_at, now=desk.now, zone=zone, whole_day=when.whole_day) if when else ""
    return follow_up_recorded.card(
        found.lead,
        kind=done.kind,
        text=done.text,
        next_step=f"{said} {step.title}" if step else "",
        response_minutes=done.response_minutes,
        ended=ended,
        offers=() if step else next_days(desk.now, desk.company.working_time),
    )
