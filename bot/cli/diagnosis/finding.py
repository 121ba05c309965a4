"""One line of the doctor's report."""

from __future__ import annotations

import enum
from dataclasses import dataclass


class Level(enum.Enum):
    """How bad it is."""

    FINE = "ok"
    WORTH_A_LOOK = "warn"
    BROKEN = "fail"


_MARKS = {Level.FINE: "✓", Level.WORTH_A_LOOK: "!", Level.BROKEN: "✗"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and what to do about it."""

    level: Level
    #: Stable, for programs: `database.revision`.
    what: str
    text: str
    cure: str = ""

    def line(self) -> str:
        """For people."""
        cure = f"\n    → {self.cure}" if self.cure else ""
        return f"{_MARKS[self.level]} {self.text}{cure}"


def fine(what: str, text: str) -> Finding:
    """All is well."""
    return Finding(Level.FINE, what, text)


def worth_a_look(what: str, text: str, cure: str) -> Finding:
    """It works, and somebody should look at it."""
    return Finding(Level.WORTH_A_LOOK, what, text, cure)


def broken(what: str, text: str, cure: str) -> Finding:
    """It does not work."""
    return Finding(Level.BROKEN, what, text, cure)
