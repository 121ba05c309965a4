"""A journey as its results are told: steps in the order of the file, experiments with their shares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from bot.store.reads.journey_nodes import Whom

HOLD_OUT: Final = "hold_out"


@dataclass(frozen=True, slots=True)
class Stop:
    """One step."""

    place: str
    kind: str
    #: As a marketer says it.
    words: str
    #: How deep inside other steps.
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Trial:
    """One experiment."""

    place: str
    name: str
    #: By version: each arm's share in per cent, in the order of the file; the hold-out last.
    shares: tuple[tuple[int, tuple[tuple[str, float], ...]], ...]

    @property
    def arms(self) -> tuple[str, ...]:
        """Every arm of any version."""
        return tuple(dict.fromkeys(name for _, shares in self.shares for name, _ in shares))

    @property
    def control(self) -> str:
        """What the others are compared with: whoever gets nothing, else the first arm."""
        return HOLD_OUT if HOLD_OUT in self.arms else self.arms[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """One version, or all of them together."""

    whom: Whom
    name: str
    #: What it is for, in words; empty if nothing was said.
    goal: str
    #: From his entry on: how long what somebody does counts.
    days: int
    stops: tuple[Stop, ...]
    trials: tuple[Trial, ...]
