"""Tasks: give one, postpone it, hand it over, end it; each change with its history and its timer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.crm.signals import RemindTask
from bot.crm.task import Task, TaskState
from bot.crm.user import User
from bot.crm.when import remind_at
from bot.store import todos
from bot.store.desk import Desk
from bot.store.tables.sales import task_changes, tasks
from bot.store.timers import cancel_timer, set_timer

_BY_ID = select(tasks).where(tasks.c.id == bindparam("of"))
_OPEN_OF_LEAD = (
    select(tasks)
    .where(tasks.c.lead_id == bindparam("of_lead"), tasks.c.state == TaskState.OPEN.value)
    .order_by(tasks.c.due_at, tasks.c.id)
)
_OPEN_OF_OWNER = (
    select(tasks)
    .where(tasks.c.owner_id == bindparam("of_owner"), tasks.c.state == TaskState.OPEN.value)
    .order_by(tasks.c.due_at, tasks.c.id)
)
_this_open = (tasks.c.id == bindparam("of"), tasks.c.state == TaskState.OPEN.value)
_END = (
    update(tasks)
    .where(*_this_open)
    .values(state=bindparam("is_now"), done_at=bindparam("at"), ended_reason=bindparam("why"))
)
_POSTPONE = update(tasks).where(*_this_open).values(due_at=bindparam("until"), whole_day=bindparam("all_day"))
_RETITLE = update(tasks).where(*_this_open).values(title=bindparam("sealed"))
_HAND_OVER = (
    update(tasks)
    .where(*_this_open)
    .values(owner_id=bindparam("to_user"), team=bindparam("to_team"), region=bindparam("to_region"))
)


async def add(
    desk: Desk,
    *,
    owner: User,
    title: str,
    due_at: datetime,
    by: str,
    whole_day: bool = False,
    is_urgent: bool = False,
    lead_id: str | None = None,
    opportunity_id: str | None = None,
) -> Task:
    """Give somebody a task; he is reminded when it is due, while people are at work."""
    task = Task(
        id=f"T{await desk.tx.number('task')}",
        owner_id=owner.id,
        title=title,
        due_at=due_at,
        whole_day=whole_day,
        is_urgent=is_urgent,
        state=TaskState.OPEN,
        created_at=desk.now,
        lead_id=lead_id,
        opportunity_id=opportunity_id,
    )
    row = {name: getattr(task, name) for name in ("id", "owner_id", "due_at", "whole_day", "is_urgent")}
    of = {"lead_id": lead_id, "opportunity_id": opportunity_id, "team": owner.team, "region": owner.region}
    sealed = desk.vault.seal(title.encode(), _place(task.id))
    state = {"state": task.state.value, "created_at": desk.now, "created_by": by}
    await desk.tx.insert(tasks, {**row, **of, **state, "title": sealed})
    await _remind(desk, task)
    await todos.show(desk, task)
    return task


async def find(desk: Desk, task_id: str) -> Task | None:
    """The task of this id."""
    row = await desk.tx.first(_BY_ID, of=task_id)
    return None if row is None else read(desk, row)


async def open_of_lead(desk: Desk, lead_id: str) -> list[Task]:
    """What is still to be done with a lead, the next first."""
    return [read(desk, row) for row in await desk.tx.all(_OPEN_OF_LEAD, of_lead=lead_id)]


async def open_of_owner(desk: Desk, owner_id: str) -> list[Task]:
    """What somebody still has to do, the next first."""
    return [read(desk, row) for row in await desk.tx.all(_OPEN_OF_OWNER, of_owner=owner_id)]


async def complete(desk: Desk, task: Task, *, by: str) -> bool:
    """It is done; False if it had ended before."""
    return await _end(desk, task, TaskState.DONE, by=by, reason="done")


async def cancel(desk: Desk, task: Task, *, by: str, reason: str) -> bool:
    """Nobody has to do it any more; False if it had ended before."""
    return await _end(desk, task, TaskState.CANCELLED, by=by, reason=reason)


async def cancel_of_lead(desk: Desk, lead_id: str, *, by: str, reason: str) -> tuple[Task, ...]:
    """Call off all that was to be done with a lead; those that were open, as they are now."""
    ended = [
        task for task in await open_of_lead(desk, lead_id) if await cancel(desk, task, by=by, reason=reason)
    ]
    return tuple(
        replace(task, state=TaskState.CANCELLED, done_at=desk.now, ended_reason=reason) for task in ended
    )


async def hand_over_of_lead(desk: Desk, lead_id: str, *, to: User, by: str) -> tuple[Task, ...]:
    """Give all that is to be done with a lead to its new owner; those tasks as they are now."""
    moved = [task for task in await open_of_lead(desk, lead_id) if await hand_over(desk, task, to=to, by=by)]
    return tuple(replace(task, owner_id=to.id) for task in moved)


async def retitle(desk: Desk, task: Task, title: str, *, by: str) -> bool:
    """Say anew what is to be done; False if it had ended before. Titles name people: none in the history."""
    if await desk.tx.run(_RETITLE, of=task.id, sealed=desk.vault.seal(title.encode(), _place(task.id))) != 1:
        return False
    await _note(desk, task, "retitled", before=None, after="", by=by)
    await todos.show(desk, replace(task, title=title))
    return True


async def postpone(desk: Desk, task: Task, *, until: datetime, whole_day: bool, by: str) -> bool:
    """Move its due time; False if it had ended before."""
    if await desk.tx.run(_POSTPONE, of=task.id, until=until, all_day=whole_day) != 1:
        return False
    await _note(desk, task, "postponed", before=task.due_at.isoformat(), after=until.isoformat(), by=by)
    later = replace(task, due_at=until, whole_day=whole_day)
    await _remind(desk, later)
    await todos.show(desk, later)
    return True


async def hand_over(desk: Desk, task: Task, *, to: User, by: str) -> bool:
    """Give it to somebody else; False if it had ended before."""
    moved = await desk.tx.run(_HAND_OVER, of=task.id, to_user=to.id, to_team=to.team, to_region=to.region)
    if moved != 1:
        return False
    await _note(desk, task, "handed_over", before=task.owner_id, after=to.id, by=by)
    after = replace(task, owner_id=to.id)
    if after.lane_key != task.lane_key:
        await cancel_timer(desk, lane_key=task.lane_key, command_type=RemindTask, key=task.id)
        await _remind(desk, after)
    await todos.close(desk, task, is_done=False)
    await todos.show(desk, after)
    return True


async def remind_again(desk: Desk, task: Task, at: datetime) -> None:
    """Set the reminder of a task that is due."""
    await set_timer(desk, lane_key=task.lane_key, command=RemindTask(task.id), key=task.id, due_at=at)


async def _remind(desk: Desk, task: Task) -> None:
    working_time = desk.company.working_time
    at = remind_at(task.due_at, whole_day=task.whole_day, now=desk.now, working_time=working_time)
    await remind_again(desk, task, at)


async def _end(desk: Desk, task: Task, state: TaskState, *, by: str, reason: str) -> bool:
    if await desk.tx.run(_END, of=task.id, is_now=state.value, at=desk.now, why=reason) != 1:
        return False
    await _note(desk, task, state.value, before=None, after=reason, by=by)
    await cancel_timer(desk, lane_key=task.lane_key, command_type=RemindTask, key=task.id)
    await todos.close(desk, task, is_done=state is TaskState.DONE)
    return True


async def _note(desk: Desk, task: Task, what: str, *, before: str | None, after: str, by: str) -> None:
    row = {"task_id": task.id, "what": what, "before": before, "after": after, "by": by, "at": desk.now}
    await desk.tx.insert(task_changes, row)


def read(desk: Desk, row: Any) -> Task:  # noqa: ANN401 - a row of tasks
    """Read a row; its title is sealed, since it names people."""
    return Task(
        id=row.id,
        owner_id=row.owner_id,
        title=desk.vault.open(row.title, _place(row.id)).decode(),
        due_at=row.due_at,
        whole_day=bool(row.whole_day),
        is_urgent=bool(row.is_urgent),
        state=TaskState(row.state),
        created_at=row.created_at,
        lead_id=row.lead_id,
        opportunity_id=row.opportunity_id,
        done_at=row.done_at,
        ended_reason=row.ended_reason,
    )


def _place(task_id: str) -> str:
    return f"tasks.title:{task_id}"
