"""What lies in the pools that somebody may take from; names are masked until it is his."""

from __future__ import annotations

from collections.abc import Mapping

from bot.chat.card import Button, Card, Field
from bot.crm.commands import ClaimLead, ListPool
from bot.crm.lead import Lead
from bot.crm.listing import Page
from bot.crm.spoken import mask_name

TITLE = "公海线索 {total} 条"
EMPTY, EMPTY_HINT = "公海里没有可领的线索", "有新线索时我会发卡片给你；也可以发「录线索 姓名 手机 公司」。"
PAGES, MORE, FIRST, CLAIM = "第 {number}/{pages} 页", "下一页", "回第一页", "领取 {id}"
SCORE = "{score}分"


def card(page: Page[Lead], pools: Mapping[str, str]) -> Card:
    """The hot ones first; `pools` are the names of the pools, by id."""
    if not page.total:
        return Card(kind="pool_list", title=EMPTY, text=EMPTY_HINT)
    turn = (Button(MORE if page.number < page.pages else FIRST, ListPool(page.next)),) if page.next else ()
    claims = (Button(CLAIM.format(id=lead.id), ClaimLead(lead.id), style="primary") for lead in page.items)
    return Card(
        kind="pool_list",
        title=TITLE.format(total=page.total),
        note=PAGES.format(number=page.number, pages=page.pages) if page.pages > 1 else "",
        fields=tuple(Field(lead.id, _line(lead, pools)) for lead in page.items),
        buttons=(*claims, *turn),
    )


def _line(lead: Lead, pools: Mapping[str, str]) -> str:
    who = "·".join(part for part in (mask_name(lead.name), lead.company) if part)
    where = lead.city or lead.province or pools.get(lead.pool_id or "", "")
    return " ".join(part for part in (who, SCORE.format(score=lead.score), lead.source, where) if part)
