"""What somebody has to do, or what his people should have done."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.chat.card import Button, Card, Field
from bot.crm.commands import ListMyTasks, ShowTask
from bot.crm.listing import Page, TaskLine
from bot.crm.spoken import say_moment, say_span
from bot.crm.task import Task

TITLE, OVERDUE_TITLE = "我的任务 {total} 个", "我的任务 {total} 个，{overdue} 个已逾期"
EMPTY, EMPTY_HINT = "没有待办任务", "写跟进时带上日期，例如「跟进 L7 已电话，下周二回访」，我会按时提醒你。"
PAGES, MORE, FIRST = "第 {number}/{pages} 页", "下一页", "回第一页"
LATE = "逾期 {span}"
URGENT = "急 "


def card(page: Page[TaskLine], *, overdue: int, now: datetime, zone: ZoneInfo) -> Card:
    """The overdue ones first, then the urgent ones, then by time."""
    if not page.total:
        return Card(kind="task_list", title=EMPTY, text=EMPTY_HINT)
    title = (OVERDUE_TITLE if overdue else TITLE).format(total=page.total, overdue=overdue)
    turn = (Button(MORE if page.number < page.pages else FIRST, ListMyTasks(page.next)),) if page.next else ()
    return Card(
        kind="task_list",
        title=title,
        note=PAGES.format(number=page.number, pages=page.pages) if page.pages > 1 else "",
        fields=tuple(Field(line.task.id, _line(line, now, zone)) for line in page.items),
        buttons=(*(Button(line.task.id, ShowTask(line.task.id)) for line in page.items), *turn),
    )


def _line(line: TaskLine, now: datetime, zone: ZoneInfo) -> str:
    task = line.task
    what = (URGENT if task.is_urgent else "") + task.title
    # The first task of a lead already bears its name.
    about = "" if line.about and line.about in task.title else line.about
    return " ".join(part for part in (_due(task, now, zone), what, about) if part)


def _due(task: Task, now: datetime, zone: ZoneInfo) -> str:
    if task.is_overdue(now):
        return LATE.format(span=say_span(now - task.due_at))
    return say_moment(task.due_at, now=now, zone=zone, whole_day=task.whole_day)
