"""One row of what a lead's score is made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ScoreEntry:
    """Points that a rule once gave or took."""

    rule: str
    points: int
    at: datetime
