"""People in our 公众号 and 小程序: what they did, allowed and refused, and what arrived."""

from __future__ import annotations

from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.official_signals import (
    MassSendHasEnded,
    MessagesHaveArrived,
    SubscriptionsHaveChanged,
    VisitorHasActed,
)
from bot.handlers import Scope
from bot.intake import official

router: Router[Scope] = Router()


@router.on(VisitorHasActed)
async def on_visitor_has_acted(signal: VisitorHasActed, scope: Scope) -> Reply:
    """Take it down, and answer a refusal."""
    await official.acted(scope.desk, signal)
    return Reply()


@router.on(SubscriptionsHaveChanged)
async def on_subscriptions_have_changed(signal: SubscriptionsHaveChanged, scope: Scope) -> Reply:
    """Keep what he allows."""
    await official.subscribed(scope.desk, signal)
    return Reply()


@router.on(MessagesHaveArrived)
async def on_messages_have_arrived(signal: MessagesHaveArrived, scope: Scope) -> Reply:
    """Settle what they settle."""
    await official.arrived(scope.desk, signal)
    return Reply()


@router.on(MassSendHasEnded)
async def on_mass_send_has_ended(signal: MassSendHasEnded, scope: Scope) -> Reply:
    """Settle it."""
    await official.mass_ended(scope.desk, signal)
    return Reply()
