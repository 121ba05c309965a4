"""What lies in the pools that somebody may take from, as far as their terms show it."""

from __future__ import annotations

from collections.abc import Mapping

from bot.chat.card import Button, Card, Field
from bot.crm.commands import ClaimLead, ListPool
from bot.crm.lead import Lead
from bot.crm.listing import Page

TITLE = "公海线索 {total} 条"
EMPTY, EMPTY_HINT = "公海里没有可领的线索", "有新线索时我会发卡片给你；也可以发「录线索 姓名 手机 公司」。"
PAGES, MORE, FIRST, CLAIM = "第 {number}/{pages} 页", "下一页", "回第一页", "领取 {id}"
SCORE = "{score}分"
TAKEN, REGISTERED = "{id} 归你了，卡片见下一条", "{id} {said}"


def card(page: Page[Lead], pools: Mapping[str, str], *, note: str = "") -> Card:
    """The hot ones first; `pools` are the names of the pools, by id, `note` what just became of one."""
    if not page.total:
        return Card(kind="pool_list", title=EMPTY, note=note, text=EMPTY_HINT)
    turn = (Button(MORE if page.number < page.pages else FIRST, ListPool(page.next)),) if page.next else ()
    claims = (
        Button(CLAIM.format(id=lead.id), ClaimLead(lead.id, str(page.number)), style="primary")
        for lead in page.items
    )
    where = PAGES.format(number=page.number, pages=page.pages) if page.pages > 1 else ""
    return Card(
        kind="pool_list",
        title=TITLE.format(total=page.total),
        note=note or where,
        fields=tuple(Field(lead.id, _line(lead, pools)) for lead in page.items),
        buttons=(*claims, *turn),
    )


def _line(lead: Lead, pools: Mapping[str, str]) -> str:
    where = lead.city or lead.province or pools.get(lead.pool_id or "", "")
    return " ".join(
        part for part in (lead.display, SCORE.format(score=lead.score), lead.source, where) if part
    )
