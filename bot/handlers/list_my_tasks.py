"""My tasks (我的任务), the overdue ones first."""

from __future__ import annotations

from bot.cards import task_list
from bot.cards.texts import work
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import ListMyTasks
from bot.crm.listing import page_number
from bot.handlers import Scope
from bot.store.reads.my_tasks import my_tasks

router: Router[Scope] = Router()


@router.on(ListMyTasks, reads=True)
async def on_list_my_tasks(command: ListMyTasks, scope: Scope) -> Reply:
    """A page of them, in private alone."""
    if not scope.is_private:
        return Reply(text=work.ONLY_PRIVATE)
    desk = scope.desk
    found = await my_tasks(desk, scope.actor.id, number=page_number(command.page))
    return Reply(
        card=task_list.card(found.page, overdue=found.overdue, now=desk.now, zone=desk.company.org.zone)
    )
