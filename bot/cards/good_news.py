"""A won deal, told to the team (喜报); in a group it is read as text."""

from __future__ import annotations

from decimal import Decimal

from bot.chat.card import Card, Field
from bot.crm.amount import say_amount

#: The group in which they ring.
GROUP = "喜报"
TITLE = "喜报：{owner} 签单 {amount}"
TEAM, CUSTOMER, PRODUCT, CYCLE = "团队", "客户", "产品", "进线到签单"
DAYS, SAME_DAY = "{days} 天", "当天"


def card(
    *,
    owner: str,
    team: str,
    customer: str,
    product: str,
    amount: Decimal,
    currency: str,
    days: int | None = None,
) -> Card:
    """Say who won what; `customer` is a firm or a masked name, `days` from lead to deal."""
    fields = [
        Field(TEAM, team),
        Field(CUSTOMER, customer),
        Field(PRODUCT, product),
        Field(CYCLE, "" if days is None else DAYS.format(days=days) if days else SAME_DAY),
    ]
    return Card(
        kind="good_news",
        title=TITLE.format(owner=owner, amount=say_amount(amount, currency)),
        fields=tuple(field for field in fields if field.value),
    )
