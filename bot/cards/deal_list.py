"""The opportunities somebody works on."""

from __future__ import annotations

from decimal import Decimal

from bot.chat.card import Button, Card, Field
from bot.crm.amount import say_amount
from bot.crm.commands import ListMyDeals, ListMyLeads, ShowDeal
from bot.crm.listing import DealLine, Page

TITLE = "我的商机 {total} 个，共 {amount}"
EMPTY, EMPTY_HINT = "还没有在跟的商机", "线索有戏了，在线索卡片上点「转商机」，或发「转商机 L7」。"
PAGES, MORE, FIRST, LEADS = "第 {number}/{pages} 页", "下一页", "回第一页", "我的线索"
UNKNOWN = "金额未填"


def card(page: Page[DealLine], *, amount: Decimal, currency: str) -> Card:
    """Those nearest to the end first."""
    if not page.total:
        return Card(kind="deal_list", title=EMPTY, text=EMPTY_HINT, buttons=(Button(LEADS, ListMyLeads()),))
    turn = (Button(MORE if page.number < page.pages else FIRST, ListMyDeals(page.next)),) if page.next else ()
    return Card(
        kind="deal_list",
        title=TITLE.format(total=page.total, amount=say_amount(amount, currency)),
        note=PAGES.format(number=page.number, pages=page.pages) if page.pages > 1 else "",
        fields=tuple(Field(line.deal.id, _line(line)) for line in page.items),
        buttons=(*(Button(line.deal.id, ShowDeal(line.deal.id)) for line in page.items), *turn),
    )


def _line(line: DealLine) -> str:
    deal = line.deal
    amount = say_amount(deal.amount, deal.currency) if deal.amount is not None else UNKNOWN
    return f"{deal.name} {deal.stage} {amount}"
