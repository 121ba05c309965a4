"""Somebody follows an official account of ours, scans its code, or leaves it."""

from __future__ import annotations

from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.capture_signals import FollowerHasCome, FollowerHasLeft
from bot.handlers import Scope
from bot.intake import followers

router: Router[Scope] = Router()


@router.on(FollowerHasCome)
async def on_follower_has_come(signal: FollowerHasCome, scope: Scope) -> Reply:
    """Take it down."""
    await followers.came(scope.desk, signal)
    return Reply()


@router.on(FollowerHasLeft)
async def on_follower_has_left(signal: FollowerHasLeft, scope: Scope) -> Reply:
    """Take it down."""
    await followers.left(scope.desk, signal)
    return Reply()
