"""The pools (公海): what this person may take."""

from __future__ import annotations

from bot.assignment.pool_page import pool_page
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import ListPool
from bot.crm.listing import page_number
from bot.handlers import Scope

router: Router[Scope] = Router()


@router.on(ListPool, reads=True)
async def on_list_pool(command: ListPool, scope: Scope) -> Reply:
    """A page of them; each pool's terms say what is shown before a lead is his."""
    return Reply(card=await pool_page(scope.desk, scope.actor, page_number(command.page)))
