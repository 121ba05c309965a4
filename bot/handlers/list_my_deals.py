"""My opportunities (我的商机)."""

from __future__ import annotations

from bot.cards import deal_list
from bot.cards.texts import work
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import ListMyDeals
from bot.crm.listing import page_number
from bot.handlers import Scope
from bot.store.reads.my_deals import my_deals

router: Router[Scope] = Router()


@router.on(ListMyDeals, reads=True)
async def on_list_my_deals(command: ListMyDeals, scope: Scope) -> Reply:
    """A page of them, in private alone."""
    if not scope.is_private:
        return Reply(text=work.ONLY_PRIVATE)
    desk, company = scope.desk, scope.desk.company
    found = await my_deals(desk.tx, scope.actor.id, company.pipeline, number=page_number(command.page))
    return Reply(card=deal_list.card(found.page, amount=found.amount, currency=company.org.currency))
