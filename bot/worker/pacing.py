"""How much background work goes into one unit, so that nobody at the door waits long behind it.

There is one writer, and a unit that moves many people holds it. While others write, or the loop answers
late, units are small and rests between them as long as the units themselves; while nobody does, they are as
large as pays.
"""

from __future__ import annotations

import asyncio

from bot.kit.clock import Monotonic

#: Seconds that a unit may hold the writer: while others write, and while nobody does.
BUSY, CALM = 0.008, 0.04
#: Seconds by which the loop may be late before it counts as busy.
LATE = 0.005
LEAST, MOST = 20, 500
#: Seconds.
LONGEST_REST = 0.1
_NAP = 0.001


class Pace:
    """The size of the next unit, learned from the last ones."""

    def __init__(self, *, first: int = 100, least: int = LEAST, most: int = MOST) -> None:
        self._least, self._most = min(least, most), most
        self.size = min(first, most)
        self._is_busy = False
        self._took = 0.0

    def took(self, seconds: float, things: int, *, others: int, lag: float) -> None:
        """Hear what a unit of so many things took, what others wrote beside it, how late the loop is."""
        self._is_busy = others > 0 or lag > LATE
        self._took = seconds
        if things and seconds > 0:
            fits = things * (BUSY if self._is_busy else CALM) / seconds
            # Down at once, up by and by: one quick unit says little about the next.
            self.size = int(max(self._least, min(fits, self.size * 2, self._most)))

    @property
    def rest(self) -> float:
        """Seconds to leave to the others before the next unit; one slow unit stops nobody for long."""
        return min(self._took, LONGEST_REST) if self._is_busy else 0.0


async def lag_of(monotonic: Monotonic) -> float:
    """By how many seconds the loop is late at this moment; whatever waits there goes first."""
    begun = monotonic()
    await asyncio.sleep(_NAP)
    return max(0.0, monotonic() - begun - _NAP)
