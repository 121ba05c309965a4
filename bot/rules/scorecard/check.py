"""How good a card is on leads it has never seen: does it rank them, and does it mean what it says?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Band:
    """Leads that were told much the same chance."""

    leads: int
    #: Mean chance that was told, and the share that was won.
    said: float
    came: float


def auc(chances: Sequence[float], won: Sequence[bool]) -> float:
    """Share of (won, not won) pairs in which the won one was told the higher chance; ties count half.

    0.5 is a guess. ValueError if all outcomes are alike.
    """
    wins = sum(won)
    losses = len(won) - wins
    if not wins or not losses:
        msg = "all outcomes are alike"
        raise ValueError(msg)
    ordered = sorted(zip(chances, won, strict=True))
    ranks, start = 0.0, 0
    while start < len(ordered):
        end = start
        while end < len(ordered) and ordered[end][0] == ordered[start][0]:
            end += 1
        # The mean rank of all that are tied, counted from 1.
        ranks += sum(is_won for _, is_won in ordered[start:end]) * (start + 1 + end) / 2
        start = end
    return (ranks - wins * (wins + 1) / 2) / (wins * losses)


def bands(chances: Sequence[float], won: Sequence[bool], *, most: int = 5) -> tuple[Band, ...]:
    """From the lowest chance to the highest, equally many leads in each."""
    ordered = sorted(zip(chances, won, strict=True))
    found = []
    for n in range(most):
        part = ordered[len(ordered) * n // most : len(ordered) * (n + 1) // most]
        if part:
            said = sum(chance for chance, _ in part) / len(part)
            found.append(Band(len(part), said, sum(is_won for _, is_won in part) / len(part)))
    return tuple(found)
