"""Our tasks on the platforms' lists of to-dos: opened, changed and closed with the task."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from bot.chat.outbound import CloseTodo, OpenTodo
from bot.crm.task import Task
from bot.store import outbox
from bot.store.desk import Desk
from bot.store.tables.machinery import outbox as outbox_table
from bot.store.tables.people import logins
from bot.store.tables.sales import task_changes
from bot.store.tx import Tx

#: Characters; a to-do is one line.
_TITLE = 200
_CHANGES = select(func.count().label("n")).where(task_changes.c.task_id == bindparam("of_task"))
_LOGINS = (
    select(logins.c.platform, logins.c.account)
    .where(logins.c.user_id == bindparam("of_user"))
    .order_by(logins.c.platform, logins.c.account)
)
_THEIRS = (
    select(outbox_table.c.provider_id)
    .where(
        outbox_table.c.topic == bindparam("about"),
        outbox_table.c.lane_key == bindparam("lane"),
        outbox_table.c.kind == "todo",
        outbox_table.c.state == "sent",
        outbox_table.c.provider_id.is_not(None),
    )
    .order_by(outbox_table.c.id.desc())
    .limit(1)
)


def source_id(task_id: str, owner_id: str) -> str:
    """Ours for one person's to-do of one task: whoever gets the task next has one of his own."""
    return f"{task_id}.{owner_id}"


async def show(desk: Desk, task: Task, *, occasion: str = "") -> None:
    """Put a task on its owner's lists, or change the to-do that is there.

    `occasion` names a change that leaves no row in the task's history.
    """
    for platform, account in await _lists(desk, task.owner_id):
        todo = OpenTodo(
            source_id=source_id(task.id, task.owner_id), to=account, title=task.title[:_TITLE],
            due_at=task.due_at, is_urgent=task.is_urgent,
        )  # fmt: skip
        key = f"todo:{task.id}:{occasion or await _revision(desk, task)}"
        await outbox.effect(
            desk, platform=platform, outgoing=todo, key=key, lane_key=f"{platform}:{account}",
            topic=task.topic, answers=False,
        )  # fmt: skip


async def close(desk: Desk, task: Task, *, is_done: bool, occasion: str = "") -> None:
    """Take it off the lists of whose it was: done, or nothing of his any more."""
    for platform, account in await _lists(desk, task.owner_id):
        end = CloseTodo(source_id=source_id(task.id, task.owner_id), to=account, is_done=is_done)
        key = f"todo-end:{task.id}:{occasion or await _revision(desk, task)}"
        await outbox.effect(
            desk, platform=platform, outgoing=end, key=key, lane_key=f"{platform}:{account}",
            topic=task.topic, answers=False,
        )  # fmt: skip


async def provider_id(tx: Tx, lane_key: str, topic: str) -> str:
    """The platform's own id of the to-do that one receiver has of a task; empty if he was given none."""
    row = await tx.first(_THEIRS, about=topic, lane=lane_key)
    return "" if row is None else row.provider_id


async def _revision(desk: Desk, task: Task) -> int:
    """How often the task has changed: names the occasion, the same at every try."""
    row = await desk.tx.first(_CHANGES, of_task=task.id)
    return 0 if row is None else row.n


async def _lists(desk: Desk, owner_id: str) -> list[tuple[str, str]]:
    wanted = desk.company.channels.todos
    if not wanted:
        return []
    rows = await desk.tx.all(_LOGINS, of_user=owner_id)
    return [(row.platform, row.account) for row in rows if row.platform in wanted]
