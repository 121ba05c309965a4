"""Whether a day differs from what is usual on that weekday: the middle of the same days before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

#: So many days of the past say what is usual; fewer say nothing.
LEAST_DAYS = 3


@dataclass(frozen=True, slots=True)
class Usual:
    """What is usual, and within what it usually stays."""

    middle: Fraction
    low: Fraction
    high: Fraction
    days: int


def usual(past: Sequence[Fraction]) -> Usual | None:
    """The middle and the span of the days before; None if there are too few of them."""
    if len(past) < LEAST_DAYS:
        return None
    return Usual(median(past), min(past), max(past), len(past))


def has_risen(value: Fraction, found: Usual, *, by_percent: int) -> bool:
    """Above all of the days before, and above the middle by so many per cent of it."""
    return value > found.high and value >= found.middle * (100 + by_percent) / 100


def has_fallen(value: Fraction, found: Usual, *, by_percent: int) -> bool:
    """Below all of the days before, and below the middle by so many per cent of it."""
    return value < found.low and value <= found.middle * (100 - by_percent) / 100


def median(values: Sequence[Fraction]) -> Fraction:
    """The middle one; of two the mean."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2
