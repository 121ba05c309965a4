"""Tasks that somebody's people should have done by now, with names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.chat.card import Button, Card, Field
from bot.crm.commands import HandOverTask, ListOverdue, ReassignLead, ShowTask
from bot.crm.listing import Page, TaskLine
from bot.crm.spoken import say_span

TITLE = "逾期任务 {total} 个"
EMPTY, EMPTY_HINT = "没有逾期任务", "到期没完成的任务会列在这里。"
PAGES, MORE, FIRST = "第 {number}/{pages} 页", "下一页", "回第一页"
LATE = "逾期 {span}"
REASSIGN, HAND_OVER = "改派 {id}", "转交 {id}"
_NAMES = 6


def card(
    page: Page[TaskLine], counts: Sequence[tuple[str, int]], *, now: datetime, may_reassign: bool
) -> Card:
    """The longest overdue first; `counts` says how many each person has."""
    if not page.total:
        return Card(kind="overdue_list", title=EMPTY, text=EMPTY_HINT)
    turn = (Button(MORE if page.number < page.pages else FIRST, ListOverdue(page.next)),) if page.next else ()
    who = "、".join(f"{name} {count}" for name, count in counts[:_NAMES]) if may_reassign else ""
    where = PAGES.format(number=page.number, pages=page.pages) if page.pages > 1 else ""
    return Card(
        kind="overdue_list",
        title=TITLE.format(total=page.total),
        note=" · ".join(part for part in (who, where) if part),
        fields=tuple(Field(line.task.id, _line(line, now, with_name=may_reassign)) for line in page.items),
        buttons=(*(_button(line, may_reassign=may_reassign) for line in page.items), *turn),
    )


def _line(line: TaskLine, now: datetime, *, with_name: bool) -> str:
    late = LATE.format(span=say_span(now - line.task.due_at))
    about = "" if line.about and line.about in line.task.title else line.about
    return " ".join(
        part for part in (line.owner_name if with_name else "", late, line.task.title, about) if part
    )


def _button(line: TaskLine, *, may_reassign: bool) -> Button:
    task = line.task
    if not may_reassign:
        return Button(task.id, ShowTask(task.id))
    if task.lead_id:
        return Button(REASSIGN.format(id=task.lead_id), ReassignLead(task.lead_id))
    return Button(HAND_OVER.format(id=task.id), HandOverTask(task.id))
