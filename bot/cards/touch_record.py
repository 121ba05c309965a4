"""What a customer was sent, and what he was not."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cards.texts import touch as texts
from bot.chat.card import Button, Card, Field
from bot.crm.commands import ShowLead
from bot.crm.lead import Lead
from bot.crm.touch_commands import ExplainTouches, ShowConsent

SHOWN = 6
WHY, CONSENT, LEAD = "为什么", "同意记录", "线索卡片"


def record(lead: Lead, lines: Sequence[tuple[datetime, str]], *, more: int, now: datetime) -> Card:
    """The latest, one line each; `now` is in the company's zone."""
    return Card(
        kind="touch_record",
        source=lead.id,
        title=texts.LIST_TITLE.format(who=lead.display),
        fields=tuple(
            Field(f"{local:%m-%d}", f"{local:%H:%M} {said}")
            for local, said in ((at.astimezone(now.tzinfo), said) for at, said in lines[:SHOWN])
        ),
        text="" if lines and not more else (texts.MORE.format(n=more) if lines else _none(lead)),
        buttons=(
            Button(WHY, ExplainTouches(lead.id), style="primary"),
            Button(CONSENT, ShowConsent(lead.id)),
            Button(LEAD, ShowLead(lead.id)),
        ),
    )


def _none(lead: Lead) -> str:
    return texts.NONE_YET.format(lead_id=lead.id)
