"""Ask why a deal was lost."""

from __future__ import annotations

from bot.chat.card import Button, Card, Choice
from bot.crm.commands import LoseDeal, ShowDeal
from bot.crm.opportunity import Opportunity

#: Under which the answer comes back.
KEY = "reason"
TITLE, NOTE = "输单原因：{name}", "选一个原因；确认后不能再改"
CHOOSE, CONFIRM, BACK = "原因", "确认输单", "返回"


def card(deal: Opportunity, reasons: tuple[str, ...], *, note: str = "") -> Card:
    """A drop-down of the company's reasons."""
    return Card(
        kind="deal_lose",
        source=deal.id,
        title=TITLE.format(name=deal.name),
        note=note or NOTE,
        choice=Choice(KEY, CHOOSE, tuple((reason, reason) for reason in reasons)),
        buttons=(Button(CONFIRM, LoseDeal(deal.id), style="danger"), Button(BACK, ShowDeal(deal.id))),
    )
