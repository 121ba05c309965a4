"""The platform was asked who a customer is: his name comes to the lead."""

from __future__ import annotations

from bot.assignment.faces import refresh
from bot.cards.texts import standing as texts
from bot.chat.outbound import Notice, Reply
from bot.chat.router import Router
from bot.crm.capture_signals import ContactRead
from bot.handlers import Scope
from bot.intake import came
from bot.store import outbox

router: Router[Scope] = Router()


@router.on(ContactRead)
async def on_contact_read(signal: ContactRead, scope: Scope) -> Reply:
    """Put it down, and draw the lead's cards again."""
    desk = scope.desk
    lead = await came.named(desk, signal)
    if lead is None:
        return Reply()
    await refresh(desk, lead.id)
    if lead.owner_id is not None:
        text = texts.NAMED.format(lead_id=lead.id, name=lead.display)
        key = f"contact_named:{signal.external_id}:{lead.id}:{lead.owner_id}"
        await outbox.post(desk, Notice(to=lead.owner_id, key=key, text=text, topic=lead.topic))
    return Reply()
