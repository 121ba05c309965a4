"""Overdue tasks (逾期) of somebody's people, with names and 改派."""

from __future__ import annotations

from bot.cards import overdue_list
from bot.cards.texts import work
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import ListOverdue
from bot.crm.listing import page_number
from bot.crm.user import Role
from bot.handlers import Scope
from bot.store.reads.overdue import overdue

router: Router[Scope] = Router()


@router.on(ListOverdue, reads=True)
async def on_list_overdue(command: ListOverdue, scope: Scope) -> Reply:
    """A page of them, in private alone; a rep sees his own."""
    if not scope.is_private:
        return Reply(text=work.ONLY_PRIVATE)
    actor = scope.actor
    found = await overdue(scope.desk, actor, number=page_number(command.page))
    leads_people = actor.sees_all() or actor.role is Role.MANAGER
    card = overdue_list.card(found.page, found.counts, now=scope.desk.now, may_reassign=leads_people)
    return Reply(card=card)
