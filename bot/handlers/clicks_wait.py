"""Say whether a person clicked, a moment after it was done."""

from __future__ import annotations

from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.touch_signals import ClicksWait
from bot.handlers import Scope
from bot.intake import responding

router: Router[Scope] = Router()


@router.on(ClicksWait)
async def on_clicks_wait(command: ClicksWait, scope: Scope) -> Reply:
    """Judge what waits."""
    await responding.judge(scope.desk, command.touch_id)
    return Reply()
