"""A customer and one of us are no longer WeChat contacts: take it down, and tell whom he left."""

from __future__ import annotations

from dataclasses import replace

from bot.cards.texts import intake as texts
from bot.chat.outbound import Notice, Reply
from bot.chat.router import Router
from bot.crm.signals import CustomerHasLeft
from bot.handlers import Scope
from bot.store import external_contacts, incidents, leads, outbox, users
from bot.store.desk import Desk
from bot.store.external_contacts import Tie

router: Router[Scope] = Router()


@router.on(CustomerHasLeft)
async def on_customer_left(signal: CustomerHasLeft, scope: Scope) -> Reply:
    """End the tie. That he was added once stays: the number counts what happened."""
    desk = scope.desk
    user = await users.by_login(desk.tx, signal.platform, signal.account)
    user_id = user.id if user else signal.account
    tie = await external_contacts.find(desk.tx, signal.platform, signal.external_id, user_id)
    if tie is None or tie.ended_at is not None:
        reason = "never_added" if tie is None else "left_before"
        await incidents.count(desk.tx, "customer.left", reason, desk.now)
        return Reply()
    await external_contacts.keep(desk, replace(tie, ended_at=desk.now))
    # Who has left is not greeted any more, if the greeting still waits.
    lane_key = f"{signal.platform}:customer:{signal.external_id}"
    await outbox.call_off(desk, lane_key, f"welcome:{user_id}:", reason="customer_left")
    if signal.by_customer and tie.lead_id is not None:
        await _tell(desk, tie)
    return Reply()


async def _tell(desk: Desk, tie: Tie) -> None:
    lead = await leads.get(desk.tx, tie.lead_id or "")
    key = f"wechat_left:{tie.platform}:{tie.external_id}:{tie.user_id}:{tie.added_at.isoformat()}"
    text = texts.LEFT_YOU.format(lead_id=lead.id, who=lead.display)
    await outbox.post(desk, Notice(to=tie.user_id, key=key, text=text, topic=lead.topic))
