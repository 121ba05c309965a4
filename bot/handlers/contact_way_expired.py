"""A QR code has served, or nobody used it for a month: take it back."""

from __future__ import annotations

from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.signals import ContactWayExpired
from bot.handlers import Scope
from bot.intake.contact_way import take_back

router: Router[Scope] = Router()


@router.on(ContactWayExpired)
async def on_contact_way_expired(signal: ContactWayExpired, scope: Scope) -> Reply:
    """Have the platform forget it."""
    await take_back(scope.desk, signal.state)
    return Reply()
