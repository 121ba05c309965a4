"""Receipts and replies of an SMS provider."""

from __future__ import annotations

from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.touch_signals import SmsHasCome
from bot.handlers import Scope
from bot.intake import sms_came

router: Router[Scope] = Router()


@router.on(SmsHasCome)
async def on_sms_has_come(signal: SmsHasCome, scope: Scope) -> Reply:
    """Settle what they settle."""
    await sms_came.came(scope.desk, signal)
    return Reply()
