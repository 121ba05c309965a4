"""Is a journey's message still wanted at its time?

He may have left it or reached its goal; it may rest, or was stopped.
"""

from __future__ import annotations

import enum

from bot.crm.condition_check import misfits
from bot.crm.touching import Refusal
from bot.store import enrollments, enrollments_sights, journeys, touch_plans
from bot.store.desk import Desk
from bot.store.enrollments import DONE, Row
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
    if state is not None and state.state == journeys.PAUSED:
        return Standing.RESTS
    # His next step finds the goal too, but that may come days after the message.
    is_reached = row is not None and row.state != DONE and await goal_holds(desk, row)
    return Standing.OVER if is_reached else Standing.GOES


async def goal_holds(desk: Desk, row: Row) -> bool:
    """Whether his version's goal holds now; one that asks for a field that is gone never does."""
    kept = await journeys.version(desk.tx, row.journey, row.version)
    goal = None if kept is None else kept.definition.goal
    if goal is None or any(True for _ in misfits(goal, desk.company.registry)):
        return False
    seen = await enrollments_sights.look(
        desk.tx, desk.company, [row.lead_id], conditions=(goal,), fields=(), now=desk.now
    )
    return any(one.answers[0] for one in seen.values())


async def drop(desk: Desk, way: str, lead_id: str, *, why: str) -> int:
    """Skip what still waits for its hour on a way that is over; how many that were."""
    dropped = 0
    for plan in await touch_plans.waiting(desk.tx, lead_id):
        is_of_it = plan.key.startswith(f"{_BY_A_STEP}{way}:")
        if is_of_it and await touch_plans.skip(desk, plan.id, reason=Refusal.GONE.value, detail=why):
            await give_back(desk, plan)
            dropped += 1
    return dropped
