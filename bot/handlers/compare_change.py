"""Before and after a change of the rules (改规则前后对比): leaders, each of what he leads."""

from __future__ import annotations

from bot.cards import rule_changes as cards
from bot.cards.texts import digests as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.digest_commands import CompareChange
from bot.crm.user import Role
from bot.handlers import Scope
from bot.insight.digests import before_after
from bot.insight.digests.view import view_of
from bot.store.metrics.guard import NotPermittedError

router: Router[Scope] = Router()
_MAY = frozenset({Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE})


@router.on(CompareChange, reads=True)
async def on_compare(command: CompareChange, scope: Scope) -> Reply:
    """One of them, or which of them."""
    if not scope.is_private:
        return Reply(text=texts.ONLY_PRIVATE)
    if scope.actor.role not in _MAY or not scope.actor.active:
        return Reply(text=texts.COMPARE_ROLES)
    view = await view_of(scope.desk, scope.actor)
    if not command.number:
        return Reply(card=cards.card(await before_after.listed(view, most=cards.AT_MOST)))
    said = command.number
    number = int(said) if said.isascii() and said.isdigit() and len(said) <= len("999999999") else 0
    try:
        found = await before_after.compared(view, number)
    except NotPermittedError:
        return Reply(text=texts.COMPARE_ROLES)
    return Reply(text=found) if isinstance(found, str) else found.reply()
