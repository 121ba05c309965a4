"""Who agreed to what, where, when, and in which words; and what that means for each channel now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.cards.texts import touch as texts
from bot.cards.texts.lead_lines import clock
from bot.chat.card import Button, Card, Field
from bot.crm.commands import ShowLead
from bot.crm.lead import Lead
from bot.crm.touch_commands import ShowTouches

SHOWN = 4
#: Three stand side by side on a card, also where that is narrow.
OPEN, RECORD, LEAD = "全部", "触达", "线索"


def card(
    lead: Lead,
    now_by_channel: Sequence[tuple[str, str]],
    said: Sequence[tuple[datetime, str]],
    *,
    url: str,
    now: datetime,
) -> Card:
    """`now_by_channel`: a channel's name and what may go there; `said`: the newest first."""
    lines = [f"{clock(at.astimezone(now.tzinfo), now)} {one}" for at, one in said[:SHOWN]]
    link = (Button(OPEN, url=url, style="primary"),) if url and said else ()
    return Card(
        kind="consent",
        source=lead.id,
        title=texts.CONSENT_TITLE.format(who=lead.display),
        fields=tuple(Field(name[:5], state) for name, state in now_by_channel),
        text="\n".join(lines) if lines else texts.NOBODY_SAID,
        buttons=(*link, Button(RECORD, ShowTouches(lead.id)), Button(LEAD, ShowLead(lead.id))),
    )
