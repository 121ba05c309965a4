"""Somebody on our pages said who he is."""

from __future__ import annotations

from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.behaviour_signals import VisitorIsKnown
from bot.handlers import Scope
from bot.intake.identify import identify

router: Router[Scope] = Router()


@router.on(VisitorIsKnown)
async def on_visitor_known(command: VisitorIsKnown, scope: Scope) -> Reply:
    """Join what he did before to who he is."""
    await identify(scope.desk, command)
    return Reply()
