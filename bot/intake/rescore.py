"""Score anew the leads whose points time has changed, some at a time."""

from __future__ import annotations

from dataclasses import dataclass

from bot.intake.behave import recount
from bot.store import time_scores
from bot.store.desk import Desk

#: In one unit of work.
AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Rescored:
    """How many were counted; where to go on, None at the end."""

    counted: int
    last: str | None


async def some(desk: Desk, *, after: str) -> Rescored:
    """Go on behind the lead `after`."""
    found = await time_scores.stale(desk, after=after, at_most=AT_ONCE)
    for lead_id in found:
        await recount(desk, lead_id)
    return Rescored(len(found), found[-1] if len(found) == AT_ONCE else None)
