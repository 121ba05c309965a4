"""Two ways of one person in one journey: one is set aside at the merge, and taken up when that is undone."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, update

from bot.store import enrollments, journeys
from bot.store.desk import Desk
from bot.store.enrollments import DONE, PARKED, RUNNING
from bot.store.tables.journeys import journey_enrollments

MERGED = "merged"
#: How a way ended that its person, or the journey, was taken out of: its twin is not begun again either.
_TAKEN_OUT = frozenset({"left", "stopped"})
_e = journey_enrollments.c
#: Where he stands stays written, for nobody is picked who is done.
_ASIDE = (
    update(journey_enrollments)
    .where(_e.id == bindparam("of"), _e.state != DONE)
    .values(state=DONE, ended_at=bindparam("at"), ended_how=MERGED)
)
_UP = (
    update(journey_enrollments)
    .where(_e.id == bindparam("of"), _e.ended_how == MERGED, _e.place.is_not(None))
    .values(state=bindparam("is_now"), ended_at=None, ended_how="")
)


async def set_aside(desk: Desk, enrollment_id: str) -> bool:
    """He is in it by another way; False if this one is over."""
    return await desk.tx.run(_ASIDE, of=enrollment_id, at=desk.now) == 1


async def take_up(desk: Desk, lead_ids: tuple[str, str], *, since: datetime) -> int:
    """What was set aside since then goes on where it stood, late or not; how many ways that are.

    Not where the journey is stopped, or where he was taken out of it meanwhile under either name.
    """
    ways = await enrollments.of_leads(desk.tx, lead_ids)
    taken = {(one.lead_id, one.journey, one.slot) for one in ways if one.state != DONE} | {
        (lead_id, one.journey, one.slot)
        for one in ways
        for lead_id in lead_ids
        if one.ended_how in _TAKEN_OUT and one.ended_at is not None and one.ended_at >= since
    }
    states = await journeys.states(desk.tx)
    n = 0
    for one in ways:
        state, key = states.get(one.journey), (one.lead_id, one.journey, one.slot)
        is_aside = one.ended_how == MERGED and one.ended_at is not None and one.ended_at >= since
        if not is_aside or key in taken or state is None or state.state == journeys.STOPPED:
            continue
        taken.add(key)
        becomes = PARKED if state.state == journeys.PAUSED else RUNNING
        n += await desk.tx.run(_UP, of=one.id, is_now=becomes)
    return n
