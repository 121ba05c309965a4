"""A QR code that somebody waits for: shown as soon as the platform has made it."""

from __future__ import annotations

from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.signals import ContactWayAwaited
from bot.handlers import Scope
from bot.intake.contact_way_shown import look

router: Router[Scope] = Router()


@router.on(ContactWayAwaited)
async def on_contact_way_awaited(signal: ContactWayAwaited, scope: Scope) -> Reply:
    """Look whether it is there."""
    await look(scope.desk, signal)
    return Reply()
