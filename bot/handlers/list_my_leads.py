"""My leads (我的线索), the hot ones first."""

from __future__ import annotations

from bot.cards import lead_list
from bot.cards.texts import work
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import ListMyLeads
from bot.crm.listing import page_number
from bot.handlers import Scope
from bot.store.reads.my_leads import my_leads

router: Router[Scope] = Router()


@router.on(ListMyLeads, reads=True)
async def on_list_my_leads(command: ListMyLeads, scope: Scope) -> Reply:
    """A page of them, in private alone: they are names."""
    if not scope.is_private:
        return Reply(text=work.ONLY_PRIVATE)
    desk = scope.desk
    found = await my_leads(desk.tx, scope.actor.id, now=desk.now, number=page_number(command.page))
    return Reply(
        card=lead_list.card(found.page, overdue=found.overdue, now=desk.now, zone=desk.company.org.zone)
    )
