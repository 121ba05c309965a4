"""微信客服 took a message and says afterwards that it did not arrive; or a colleague has the conversation."""

from __future__ import annotations

from bot.crm.service_signals import ServiceMessageFailed, SessionChanged
from bot.crm.touching import Refusal
from bot.intake.service_desk import PLATFORM, WAY
from bot.store import (
    incidents,
    leads,
    service_sessions,
    touch_asked,
    touch_plans,
    touch_windows,
    touches,
)
from bot.store.desk import Desk
from bot.touch import elsewhere

#: Over 48 hours, over five messages, the session is over, or he shut us out: nothing is left of the span.
_SPAN_IS_OVER = frozenset({"4", "5", "6", "10"})


async def failed(desk: Desk, signal: ServiceMessageFailed) -> None:
    """The ledger knows it, and another way is tried; our message bears the touch's own id."""
    plan = await touch_plans.find(desk.tx, signal.message)
    if plan is None or plan.way != WAY:
        await incidents.count(desk.tx, "service.failed_unknown", signal.why or "-", desk.now)
        return
    why = f"kf_fail_{signal.why}"
    await leads.lock(desk.tx, plan.lead_id)
    if not await touch_asked.fail(desk.tx, plan.id, at=desk.now, detail=why):
        return
    await touches.came_back(desk.tx, plan.id, at=desk.now, why=why)
    await incidents.count(desk.tx, "touch.failed", plan.channel, desk.now)
    if signal.why in _SPAN_IS_OVER:
        await touch_windows.close_windows(desk.tx, plan.lead_id, WAY)
    await elsewhere.again(desk, plan.id, Refusal.FAILED)


async def session(desk: Desk, signal: SessionChanged) -> None:
    """While a colleague has it nothing is taken from us; when he is done it opens with the next message."""
    if not await service_sessions.has(desk, PLATFORM, signal.account, signal.customer, signal.servicer):
        await incidents.count(desk.tx, "service.session_unknown", "no_customer", desk.now)
        return
    found = await service_sessions.find(desk, PLATFORM, signal.account, signal.customer)
    if found is not None:
        await touch_windows.close_windows(desk.tx, found.lead_id, WAY)
