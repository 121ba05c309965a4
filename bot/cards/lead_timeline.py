"""The latest of a customer's history, and the way to all of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cards.texts.lead_lines import clock
from bot.cards.texts.timeline import Told
from bot.chat.card import Button, Card, Field
from bot.crm.commands import ShowLead
from bot.crm.journey_commands import QuitJourney
from bot.crm.lead import LEAD_STATUS_LABELS, Lead

TITLE, NONE, OPEN, CARD, JOURNEYS = "时间线：{who}", "还没有记录", "全部记录", "线索卡片", "旅程"
ONLY_YOU = "链接 24 小时内有效，只能在第一次打开的浏览器里看。"
SHOWN = 5
_LONGEST = 60


def card(lead: Lead, lines: Sequence[tuple[datetime, Told]], *, url: str, now: datetime) -> Card:
    """Five moments, the newest first; `now` is in the company's zone."""
    fields = tuple(
        Field(f"{at.month}月{at.day}日" if at.date() != now.date() else f"{at:%H:%M}", _line(told))
        for at, told in ((at.astimezone(now.tzinfo), told) for at, told in lines)
    )
    since = clock(lead.created_at.astimezone(now.tzinfo), now)
    link = (Button(OPEN, url=url, style="primary"),) if url else ()
    return Card(
        kind="lead_timeline",
        source=lead.id,
        title=TITLE.format(who=lead.display),
        note=" · ".join((LEAD_STATUS_LABELS[lead.status], f"{lead.score} 分", f"{since} 录入")),
        fields=fields,
        text=ONLY_YOU if url else ("" if fields else NONE),
        buttons=(*link, Button(JOURNEYS, QuitJourney(lead.id)), Button(CARD, ShowLead(lead.id))),
    )


def _line(told: Told) -> str:
    said = f"{told.title}：{told.detail}" if told.detail else told.title
    said = " ".join(said.split())
    by = f"（{told.by}）" if told.by else ""
    return (said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…") + by
