"""Cancel (取消): forget what was being asked."""

from __future__ import annotations

from bot.cards.texts import work
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import CancelDialogue
from bot.handlers import Scope
from bot.store import dialogues

router: Router[Scope] = Router()


@router.on(CancelDialogue)
async def on_cancel(command: CancelDialogue, scope: Scope) -> Reply:
    """Close the open question; without one there is nothing to lose."""
    del command
    await dialogues.close(scope.desk.tx, scope.actor.id)
    return Reply(text=work.CANCELLED)
