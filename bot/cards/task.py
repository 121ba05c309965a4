"""A task in the chat of whoever has to do it."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.chat.card import Button, Card, Choice, Field
from bot.crm.commands import BeginFollowUp, CompleteTask, HandOverTask, PostponeTask, ShowDeal, ShowLead
from bot.crm.listing import TaskLine
from bot.crm.spoken import say_moment, say_span
from bot.crm.task import Task, TaskState

#: Under which the chosen time comes back.
KEY = "until"
TITLE, URGENT = "任务：{title}", "【急】任务：{title}"
ABOUT, DUE, OWNER = "客户", "时间", "负责人"
DONE, LATER, GIVE, FOLLOW_UP, OPEN_LEAD, OPEN_DEAL = "完成", "推迟", "转交", "写跟进", "看线索", "看商机"
LATER_TO = "推迟到"
NOW_DUE, OVERDUE = "到时间了", "已逾期 {span}"
WAS_DONE, WAS_CANCELLED = "已完成，{at}", "已取消"
GIVEN_AWAY = "已转交给{name}"


def card(
    line: TaskLine,
    *,
    now: datetime,
    zone: ZoneInfo,
    offers: tuple[str, ...] = (),
    is_mine: bool = True,
    note: str = "",
) -> Card:
    """Show it; `offers` are times to postpone it to, `is_mine`: the reader has to do it."""
    task = line.task
    fields = [Field(ABOUT, line.about), Field(DUE, _due(task, now, zone))]
    if not is_mine:
        fields.append(Field(OWNER, line.owner_name))
    is_open = task.state is TaskState.OPEN
    return Card(
        kind="task",
        source=" · ".join(part for part in (task.id, task.lead_id, task.opportunity_id) if part),
        title=(URGENT if task.is_urgent and is_open else TITLE).format(title=task.title),
        note=note or _state(task, now, zone),
        fields=tuple(field for field in fields if field.value),
        choice=Choice(KEY, LATER_TO, tuple((offer, offer) for offer in offers))
        if is_open and offers
        else None,
        buttons=_buttons(task, is_open=is_open),
    )


def given_away(line: TaskLine) -> Card:
    """Show it to the one who had it: nothing can be done on the card any more."""
    task = line.task
    return Card(
        kind="task",
        source=task.id,
        title=TITLE.format(title=task.title),
        note=GIVEN_AWAY.format(name=line.owner_name),
        fields=(Field(ABOUT, line.about),) if line.about else (),
    )


def _due(task: Task, now: datetime, zone: ZoneInfo) -> str:
    return say_moment(task.due_at, now=now, zone=zone, whole_day=task.whole_day)


def _state(task: Task, now: datetime, zone: ZoneInfo) -> str:
    if task.state is TaskState.CANCELLED:
        return WAS_CANCELLED
    if task.state is TaskState.DONE:
        return WAS_DONE.format(at=say_moment(task.done_at or now, now=now, zone=zone))
    return OVERDUE.format(span=say_span(now - task.due_at)) if now > task.due_at else ""


def _buttons(task: Task, *, is_open: bool) -> tuple[Button, ...]:
    opens = []
    if task.lead_id:
        opens = [Button(FOLLOW_UP, BeginFollowUp(task.lead_id)), Button(OPEN_LEAD, ShowLead(task.lead_id))]
    elif task.opportunity_id:
        opens = [Button(OPEN_DEAL, ShowDeal(task.opportunity_id))]
    if not is_open:
        return tuple(opens)
    return (
        Button(DONE, CompleteTask(task.id), style="primary"),
        Button(LATER, PostponeTask(task.id)),
        Button(GIVE, HandOverTask(task.id)),
        *opens,
    )
