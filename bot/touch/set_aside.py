"""A message whose last look fails whenever it is tried: certainly not sent, and not tried for ever."""

from __future__ import annotations

from datetime import timedelta

from bot.crm.touching import TouchState
from bot.store import incidents, touch_plans, touch_sending
from bot.store.desk import Desk
from bot.store.touch_plans import Plan
from bot.touch.deliver import is_unheard
from bot.touch.request import give_back

#: So often it is looked at again, later each time.
TRIES = 5
_FIRST = timedelta(minutes=1)
_CRASHED = "crashed:"


async def crashed(desk: Desk, leased: Plan) -> TouchState | None:
    """Look at it again later, or give it up; None once its tombstone stands: then it may have gone."""
    known = await touch_plans.find(desk.tx, leased.id)
    if known is None or (known.fence, known.state) != (leased.fence, TouchState.LEASED):
        return None
    # That an earlier answer was lost must not be forgotten over this: no further look.
    n = TRIES if is_unheard(known) else _times(known) + 1
    if n < TRIES:
        at = desk.now + _FIRST * 2**n
        why = f"{_CRASHED}{n}"
        waits = await touch_sending.again(desk.tx, known, at=at, day=known.counts_on, why=why)
        return TouchState.PLANNED if waits else None
    if known.attempts:
        # A try before this one may have gone.
        state = TouchState.UNKNOWN
    else:
        state = TouchState.FAILED
        await give_back(desk, known)
    await touch_sending.end(desk.tx, known, state, now=desk.now, detail="crashed")
    await incidents.count(desk.tx, f"touch.{state.value}", "crashed", desk.now)
    return state


def _times(known: Plan) -> int:
    said = known.detail.removeprefix(_CRASHED)
    return int(said) if known.detail.startswith(_CRASHED) and said.isdigit() else 0
