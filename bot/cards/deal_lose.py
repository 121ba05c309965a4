"""Ask why a deal was lost."""

from __future__ import annotations

from bot.chat.card import Button, Card, Poll
from bot.crm.commands import LoseDeal, ShowDeal
from bot.crm.opportunity import Opportunity

#: Under which the answer comes back.
KEY = "reason"
#: In place of a reason, from a press with nothing ticked.
UNCHOSEN = "-"
TITLE, NOTE = "输单原因：{name}", "选一个原因；确认后不能再改"
CHOOSE = "请先选一个原因"
CONFIRM, BACK = "确认输单", "先不关，返回"


def card(deal: Opportunity, reasons: tuple[str, ...], *, note: str = "") -> Card:
    """The company's reasons, all in sight."""
    return Card(
        kind="deal_lose",
        source=deal.id,
        title=TITLE.format(name=deal.name),
        note=note or NOTE,
        poll=Poll(KEY, tuple((reason, reason) for reason in reasons)),
        buttons=(
            Button(CONFIRM, LoseDeal(deal.id, UNCHOSEN), style="danger"),
            Button(BACK, ShowDeal(deal.id)),
        ),
    )
