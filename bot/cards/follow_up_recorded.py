"""What was written down of a follow-up, and what comes next; without a day it offers some."""

from __future__ import annotations

from bot.chat.card import Button, Card, Field
from bot.crm.commands import PlanTask, ShowLead
from bot.crm.follow_up import KIND_LABELS, FollowUpKind
from bot.crm.lead import Lead

TITLE = "已记录跟进：{who}"
KIND, TEXT, RESPONSE, NEXT, ENDED = "方式", "内容", "首次响应", "下次", "已完成"
RESPONSE_IN, AT_ONCE = "{minutes} 分钟（工作时间）", "不到 1 分钟（工作时间）"
NO_NEXT = "下次什么时候跟进？"
OPEN = "看线索"
_TEXT = 120


def card(
    lead: Lead,
    *,
    kind: FollowUpKind,
    text: str,
    next_step: str = "",
    response_minutes: int | None = None,
    ended: tuple[str, ...] = (),
    offers: tuple[str, ...] = (),
) -> Card:
    """Show what was recorded; `ended` are tasks that this follow-up did, `offers` days to choose from."""
    fields = [
        Field(KIND, KIND_LABELS[kind]),
        Field(RESPONSE, _response(response_minutes)),
        Field(ENDED, "、".join(ended)),
        Field(NEXT, next_step),
    ]
    days = tuple(Button(offer, PlanTask(lead.id, offer), style="primary") for offer in offers)
    return Card(
        kind="follow_up_recorded",
        source=lead.id,
        title=TITLE.format(who=lead.display),
        note="" if next_step else NO_NEXT,
        fields=tuple(field for field in fields if field.value),
        text=text[:_TEXT] + ("…" if len(text) > _TEXT else ""),
        buttons=(*days, Button(OPEN, ShowLead(lead.id))),
    )


def _response(minutes: int | None) -> str:
    if minutes is None:
        return ""
    return RESPONSE_IN.format(minutes=minutes) if minutes else AT_ONCE
