"""Ask who shall do a task instead."""

from __future__ import annotations

from bot.chat.card import Button, Card, Choice
from bot.crm.commands import HandOverTask, ShowTask
from bot.crm.task import Task
from bot.crm.user import User

#: Under which the answer comes back.
KEY = "to"
#: As many as a drop-down holds.
AT_MOST = 10
TITLE = "转交任务：{title}"
HINT = "选一位，或直接回复姓名"
NOBODY = "没有可以接手的同事，请直接回复姓名"
CHOOSE, CONFIRM, BACK = "给谁", "确定", "返回"


def card(task: Task, people: tuple[User, ...], *, note: str = "") -> Card:
    """A drop-down of colleagues."""
    options = tuple((one.id, f"{one.name} {one.team}".strip()) for one in people[:AT_MOST])
    confirm = (Button(CONFIRM, HandOverTask(task.id), style="primary"),) if options else ()
    return Card(
        kind="task_hand_over",
        source=task.id,
        title=TITLE.format(title=task.title),
        note=note or (HINT if options else NOBODY),
        choice=Choice(KEY, CHOOSE, options) if options else None,
        buttons=(*confirm, Button(BACK, ShowTask(task.id))),
    )
