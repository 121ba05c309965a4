"""Is a journey's message still wanted at its time? He may have left it, or it rests or was stopped."""

from __future__ import annotations

import enum

from bot.crm.touching import Refusal
from bot.store import enrollments, journeys, touch_plans
from bot.store.desk import Desk
from bot.store.enrollments import DONE
from bot.store.touch_plans import Plan
from bot.touch.request import give_back

#: How somebody's way ended who wants nothing more of it; whoever came to its end gets what was said there.
_OVER = frozenset(("stopped", "left", "goal", "merged", "erased"))
_BY_A_STEP = "journey:"


class Standing(enum.Enum):
    """What becomes of it for that."""

    GOES = "goes"
    #: Its journey rests: later.
    RESTS = "rests"
    OVER = "over"


async def standing(desk: Desk, plan: Plan) -> Standing:
    """By the way on which it was asked for and by how the journey stands; anything else goes."""
    if not plan.journey or not plan.key.startswith(_BY_A_STEP):
        return Standing.GOES
    state = (await journeys.states(desk.tx)).get(plan.journey)
    row = await enrollments.find(desk.tx, plan.key.split(":")[1])
    is_out = row is not None and row.state == DONE and row.ended_how in _OVER
    if is_out or (state is not None and state.state == journeys.STOPPED):
        return Standing.OVER
    rests = state is not None and state.state == journeys.PAUSED
    return Standing.RESTS if rests else Standing.GOES


async def drop(desk: Desk, way: str, lead_id: str, *, why: str) -> int:
    """Skip what still waits for its hour on a way that is over; how many that were."""
    dropped = 0
    for plan in await touch_plans.waiting(desk.tx, lead_id):
        is_of_it = plan.key.startswith(f"{_BY_A_STEP}{way}:")
        if is_of_it and await touch_plans.skip(desk, plan.id, reason=Refusal.GONE.value, detail=why):
            await give_back(desk, plan)
            dropped += 1
    return dropped
