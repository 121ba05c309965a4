"""Ask once more before a deal is closed as won: it cannot be opened again."""

from __future__ import annotations

from bot.chat.card import Button, Card, Field
from bot.crm.amount import say_amount
from bot.crm.commands import ShowDeal, WinDeal
from bot.crm.opportunity import DealFacts

TITLE = "确认赢单？{name}"
NOTE = "确认后不能再改；金额不对就直接回复正确的金额"
AMOUNT, PRODUCT, ACCOUNT = "金额", "产品", "客户"
CONFIRM, BACK = "确认赢单", "返回"


def card(facts: DealFacts) -> Card:
    """Show what will be booked."""
    deal = facts.deal
    amount = deal.amount or facts.quoted
    fields = [Field(ACCOUNT, facts.account), Field(PRODUCT, deal.product)]
    if amount is not None:
        fields.insert(0, Field(AMOUNT, say_amount(amount, deal.currency)))
    return Card(
        kind="deal_win",
        source=deal.id,
        title=TITLE.format(name=deal.name),
        note=NOTE,
        fields=tuple(field for field in fields if field.value),
        buttons=(
            Button(CONFIRM, WinDeal(deal.id, f"{amount:f}" if amount is not None else ""), style="primary"),
            Button(BACK, ShowDeal(deal.id)),
        ),
    )
