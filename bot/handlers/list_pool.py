"""The pools (公海): what this person may take."""

from __future__ import annotations

from bot.cards import pool_list
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import ListPool
from bot.crm.listing import Page, page_number
from bot.crm.pool import may_enter
from bot.handlers import Scope
from bot.store.reads.pool_leads import pool_leads

router: Router[Scope] = Router()


@router.on(ListPool, reads=True)
async def on_list_pool(command: ListPool, scope: Scope) -> Reply:
    """A page of them; names are masked until a lead is his."""
    desk, company = scope.desk, scope.desk.company
    pools = {pool.id: pool.name for pool in company.pools.pools if may_enter(company, scope.actor, pool.id)}
    if not pools:
        return Reply(card=pool_list.card(Page((), 1, 0), {}))
    page = await pool_leads(desk.tx, tuple(pools), number=page_number(command.page))
    return Reply(card=pool_list.card(page, pools))
