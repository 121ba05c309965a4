"""The leads somebody works on, the hot ones first."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.chat.card import Button, Card, Field
from bot.crm.commands import ListMyLeads, ListPool, ShowLead
from bot.crm.lead import LEAD_STATUS_LABELS
from bot.crm.listing import LeadLine, Page
from bot.crm.spoken import say_moment

TITLE, WAITING = "我的线索 {total} 条", "{count} 条有逾期任务"
EMPTY, EMPTY_HINT = "手上还没有线索", "去公海领一条，或发「录线索 姓名 手机 公司」录入自己的客户。"
PAGES, MORE, FIRST, POOL = "第 {number}/{pages} 页", "下一页", "回第一页", "公海"
SCORE, LATE, NEXT = "{score}分", "有逾期", "下次{at}"


def card(page: Page[LeadLine], *, overdue: int, now: datetime, zone: ZoneInfo) -> Card:
    """Five at a time; a button opens each."""
    if not page.total:
        return Card(kind="lead_list", title=EMPTY, text=EMPTY_HINT, buttons=(Button(POOL, ListPool()),))
    turn = (Button(MORE if page.number < page.pages else FIRST, ListMyLeads(page.next)),) if page.next else ()
    where = PAGES.format(number=page.number, pages=page.pages) if page.pages > 1 else ""
    late = WAITING.format(count=overdue) if overdue else ""
    return Card(
        kind="lead_list",
        title=TITLE.format(total=page.total),
        note=" · ".join(part for part in (late, where) if part),
        fields=tuple(Field(line.lead.id, _line(line, now, zone)) for line in page.items),
        buttons=(*(Button(line.lead.id, ShowLead(line.lead.id)) for line in page.items), *turn),
    )


def _line(line: LeadLine, now: datetime, zone: ZoneInfo) -> str:
    lead = line.lead
    state = LEAD_STATUS_LABELS[lead.status]
    if line.overdue:
        state = LATE
    elif line.next_due_at is not None:
        state = NEXT.format(at=say_moment(line.next_due_at, now=now, zone=zone).split()[0])
    return " ".join((lead.display, SCORE.format(score=lead.score), state))
