"""What waits for a rep this morning: late, due today, and new; a button for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.chat.card import Button, Card, Field
from bot.crm.commands import ListMyTasks, ListPool, ShowLead, ShowTask
from bot.crm.lead import Lead
from bot.crm.listing import TaskLine
from bot.crm.spoken import say_day, say_span

KIND = "digest_morning"
TITLE, NOTHING = "今天 {total} 件事", "今天没有到期的任务，也没有新线索"
NOTHING_HINT = "可以去公海看看，或约几位老客户。"
COUNTS = ("逾期", "今天", "新线索")
LATE, NEW, URGENT = "逾期 {span} ", "新线索 ", "急 "
ALL, POOL = "全部任务", "公海"
#: Buttons of a card: five for what waits, one for all of it.
_MOST = 5


def card(
    overdue: Sequence[TaskLine],
    today: Sequence[TaskLine],
    new: Sequence[Lead],
    *,
    totals: tuple[int, int, int],
    now: datetime,
    zone: ZoneInfo,
) -> Card:
    """A fair part of each sort: what is late first, then new leads, then the day in its order."""
    day = say_day(now.astimezone(zone).date(), now.astimezone(zone).date())
    if not sum(totals):
        return Card(
            kind=KIND, title=NOTHING, note=day, text=NOTHING_HINT, buttons=(Button(POOL, ListPool()),)
        )
    lines = list(_picked(overdue, today, new, now, zone))
    counted = "、".join(f"{name} {n}" for name, n in zip(COUNTS, totals, strict=True) if n)
    return Card(
        kind=KIND,
        title=TITLE.format(total=sum(totals)),
        note=f"{day} · {counted}",
        fields=tuple(Field(name, said) for name, said, _ in lines),
        buttons=(*(Button(name, command) for name, _, command in lines), Button(ALL, ListMyTasks())),
    )


def _picked(
    overdue: Sequence[TaskLine], today: Sequence[TaskLine], new: Sequence[Lead], now: datetime, zone: ZoneInfo
) -> Iterator[tuple[str, str, object]]:
    """Two of the late ones and two new leads at first; what is left is filled up from the front."""
    late: list[tuple[str, str, object]] = [
        (line.task.id, _late(line, now), ShowTask(line.task.id)) for line in overdue
    ]
    fresh: list[tuple[str, str, object]] = [(lead.id, _new(lead), ShowLead(lead.id)) for lead in new]
    due: list[tuple[str, str, object]] = [
        (line.task.id, _today(line, zone), ShowTask(line.task.id)) for line in today
    ]
    sorts = [late, fresh, due]
    taken = [min(len(sort), share) for sort, share in zip(sorts, (2, 2, 1), strict=True)]
    for at, sort in enumerate(sorts):
        taken[at] += min(len(sort) - taken[at], _MOST - sum(taken))
    for sort, n in zip(sorts, taken, strict=True):
        yield from sort[:n]


def _late(line: TaskLine, now: datetime) -> str:
    return LATE.format(span=say_span(now - line.task.due_at)) + _what(line)


def _today(line: TaskLine, zone: ZoneInfo) -> str:
    at = "" if line.task.whole_day else f"{line.task.due_at.astimezone(zone):%H:%M} "
    return at + _what(line)


def _what(line: TaskLine) -> str:
    about = "" if line.about and line.about in line.task.title else line.about
    what = (URGENT if line.task.is_urgent else "") + line.task.title
    return " ".join(part for part in (what, about) if part)


def _new(lead: Lead) -> str:
    return NEW + " ".join(part for part in (lead.display, f"{lead.score}分" if lead.score else "") if part)
