"""Help (帮助): what can be said here."""

from __future__ import annotations

from bot.cards.texts import help as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import ShowHelp
from bot.handlers import Scope

router: Router[Scope] = Router()
#: Platforms on which our app shows a menu in its own chat.
_WITH_MENU = frozenset({"wecom"})


@router.on(ShowHelp, reads=True)
async def on_help(command: ShowHelp, scope: Scope) -> Reply:
    """By role, or about one topic."""
    may_bind = scope.actor.id in scope.desk.company.org.also_admins
    return Reply(
        text=texts.text(
            scope.actor.role,
            command.topic,
            is_private=scope.is_private,
            has_menu=scope.platform in _WITH_MENU,
            may_bind=may_bind,
        )
    )
