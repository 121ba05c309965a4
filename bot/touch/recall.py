"""A message whose tombstone is written and that has not left yet, when its customer says stop."""

from __future__ import annotations

from datetime import timedelta

from bot.crm.touching import Refusal, TouchState
from bot.store import incidents, leads, touch_plans, touch_sending, users
from bot.store.desk import Desk
from bot.store.touch_plans import Plan
from bot.touch import gather
from bot.touch.deliver import is_unheard, kept
from bot.touch.elsewhere import intent_of
from bot.touch.planner import recheck
from bot.touch.request import give_back
from bot.touch.ways import WAYS

#: What he said was not about this message: asked once more, a little later.
_LATER = timedelta(seconds=10)


async def recall(desk: Desk, leased: Plan) -> TouchState:
    """It certainly did not go: ended if what he said forbids it, else asked again."""
    # He may have been merged since the message was leased.
    now = await touch_plans.find(desk.tx, leased.id)
    lead = await leads.lock(desk.tx, leased.lead_id if now is None else now.lead_id)
    owner = await users.find(desk.tx, lead.owner_id) if lead.owner_id else None
    way, intent = WAYS.get(leased.way), intent_of(leased, lead.id)
    facts = await gather.gather(desk, intent, lead, owner, but=leased.id)
    found = (
        recheck(way, intent, facts, desk.now, decided_at=leased.decided_at) if way else Refusal.CHANNEL_OFF
    )
    # The span that it took is its own: that it is used up is no reason.
    if not isinstance(found, Refusal) or found is Refusal.NO_WINDOW:
        at, day = desk.now + _LATER, leased.counts_on
        await touch_sending.again(desk.tx, leased, at=at, day=day, why=kept(leased, "asked_again"))
        return TouchState.PLANNED
    if is_unheard(leased):
        await touch_sending.end(desk.tx, leased, TouchState.UNKNOWN, now=desk.now, detail=leased.detail)
        await incidents.count(desk.tx, "touch.unknown", leased.channel, desk.now)
        return TouchState.UNKNOWN
    if await touch_sending.end(
        desk.tx, leased, TouchState.SKIPPED, now=desk.now, reason=found.value, detail="at_its_time"
    ):
        await give_back(desk, leased)
        await incidents.count(desk.tx, "touch.skipped", found.value, desk.now)
    return TouchState.SKIPPED
