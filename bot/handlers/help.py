"""Help (帮助): what can be said here."""

from __future__ import annotations

from bot.cards.texts import help as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import ShowHelp
from bot.handlers import Scope

router: Router[Scope] = Router()


@router.on(ShowHelp, reads=True)
async def on_help(command: ShowHelp, scope: Scope) -> Reply:
    """By role, or about one topic."""
    return Reply(text=texts.text(scope.actor.role, command.topic))
