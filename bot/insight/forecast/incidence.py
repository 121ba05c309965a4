"""The share won, and the share still open, so many days later: Aalen and Johansen's estimate.

Deals that are still open count for as long as they have been watched, so young ones bias nothing.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from math import exp

#: Days at which a curve is kept; straight lines between them.
DAYS: tuple[int, ...] = (
    *range(15), 18, 21, 24, 28, 35, 42, 49, 56, 63, 70, 77, 84, 91, 98, 105, 112, 119, 126, 140, 154, 168,
    182, 210, 240, 270, 300, 330, 365, 420, 480, 540, 730,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ended:
    """One deal from the moment it is watched: how many days, and how it ended; None: it has not."""

    after: int
    won: bool | None


@dataclass(frozen=True, slots=True)
class Curve:
    """At each of DAYS: the share won before that day, the share still open then, how many were watched."""

    won: tuple[float, ...]
    open: tuple[float, ...]
    watched: tuple[float, ...]

    def won_within(self, since: int, until: int, *, open_at: int) -> float:
        """Of those open after `open_at` days, the share won from `since` on and before `until`."""
        left = _at(self.open, open_at)
        return max(_at(self.won, until) - _at(self.won, since), 0.0) / left if left > 0 else 0.0

    def watched_at(self, day: int) -> float:
        """How many the shares from that day on stand on."""
        return _at(self.watched, day)


def curve(found: Iterable[Ended]) -> Curve:
    """Estimate it."""
    wins, losses, unknown = Counter[int](), Counter[int](), Counter[int]()
    for one in found:
        (unknown if one.won is None else wins if one.won else losses)[one.after] += 1
    at_risk = wins.total() + losses.total() + unknown.total()
    steps = [(0, 0.0, 1.0, at_risk)]
    won, left = 0.0, 1.0
    for day in sorted({*wins, *losses, *unknown}):
        # Watched until this day, not on it.
        at_risk -= unknown[day]
        if at_risk and (wins[day] or losses[day]):
            won += left * wins[day] / at_risk
            left *= 1 - (wins[day] + losses[day]) / at_risk
            at_risk -= wins[day] + losses[day]
        steps.append((day + 1, won, left, at_risk))
    steps += _tail(steps[-1], wins.total(), losses.total(), sum((wins + losses + unknown).elements()))
    firsts = [step[0] for step in steps]
    kept = [steps[bisect_right(firsts, day) - 1] for day in DAYS]
    return Curve(tuple(k[1] for k in kept), tuple(k[2] for k in kept), tuple(float(k[3]) for k in kept))


def _tail(
    last: tuple[int, float, float, int], wins: int, losses: int, days: int
) -> list[tuple[int, float, float, int]]:
    """Later than anybody was watched: those still open end as often a day as they did on the whole."""
    since, won, left, _ = last
    if not days or not wins + losses or left <= 0:
        return []
    each = (wins + losses) / days
    share = wins / (wins + losses)
    gone = [(day, 1 - exp(-each * (day - since))) for day in DAYS if day > since]
    return [(day, won + left * share * ended, left * (1 - ended), 0) for day, ended in gone]


def _at(values: tuple[float, ...], day: int) -> float:
    """Between two days of the curve; flat behind its end."""
    if day <= 0:
        return values[0]
    place = bisect_right(DAYS, day) - 1
    if place >= len(DAYS) - 1:
        return values[-1]
    begins, ends = DAYS[place], DAYS[place + 1]
    return values[place] + (values[place + 1] - values[place]) * (day - begins) / (ends - begins)
