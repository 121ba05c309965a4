"""A page of what somebody may take."""

from __future__ import annotations

from dataclasses import replace

from bot.cards import pool_list
from bot.chat.card import Card
from bot.crm.listing import Page
from bot.crm.pool import may_enter, veiled
from bot.crm.user import User
from bot.store.desk import Desk
from bot.store.reads.pool_leads import pool_leads


async def pool_page(desk: Desk, viewer: User, number: int, *, note: str = "") -> Card:
    """As the terms of each pool show it; `note` says what just became of one of them."""
    company = desk.company
    pools = {pool.id: pool.name for pool in company.pools.pools if may_enter(company, viewer, pool.id)}
    if not pools:
        return pool_list.card(Page((), 1, 0), {}, note=note)
    page = await pool_leads(desk.tx, tuple(pools), number=number)
    shown = replace(page, items=tuple(veiled(company, lead) for lead in page.items))
    return pool_list.card(shown, pools, note=note)
