"""What was tried, and what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson

from tests.kill.hooks import Point

_NAMED = ("lost", "double claim", "second card")


@dataclass(frozen=True)
class Case:
    """One crash: in which chapter of which plot, and where."""

    seed: int
    chapter: str
    point: Point
    #: Kill the process that was started again, too, after so many commits; 0 for no.
    again: int = 0
    #: Go on to the end of the plot before looking.
    to_the_end: bool = False

    def __str__(self) -> str:
        again = f", again after {self.again} commits" if self.again else ""
        return f"plot {self.seed}, {self.chapter}, at {self.point}{again}"


@dataclass
class Tally:
    """What came of many crashes."""

    kind: str
    killed: int = 0
    twice: int = 0
    unmet: int = 0
    seconds: float = 0.0
    plots: int = 0
    places: Counter[str] = field(default_factory=Counter)
    chapters: Counter[str] = field(default_factory=Counter)
    facts: Counter[str] = field(default_factory=Counter)
    breaches: list[str] = field(default_factory=list)

    def read(self, results: Path) -> None:
        """Take over what the lanes wrote down, a line for each case."""
        seeds = set()
        for line in results.read_bytes().splitlines():
            one = orjson.loads(line)
            seeds.add(one["seed"])
            self.killed += one["killed"]
            self.twice += one["twice"]
            self.unmet += not one["killed"]
            self.places[one["place"]] += one["killed"]
            self.chapters[one["chapter"]] += one["killed"]
            self.facts.update(one["facts"])
            self.breaches += [f"{one['case']}: {breach}" for breach in one["breaches"]]
        self.plots = len(seeds)

    @property
    def kinds(self) -> Counter[str]:
        """Breaches by the word that they begin with."""
        return Counter(line.split(": ")[1] for line in self.breaches)

    def document(self) -> dict[str, Any]:
        """The figures, for a machine."""
        kinds = self.kinds
        return {
            "database": self.kind, "points": self.killed, "killed_twice": self.twice, "not_met": self.unmet,
            "plots": self.plots, "seconds": round(self.seconds, 1), "places": dict(sorted(self.places.items())),
            "chapters": dict(self.chapters), "facts": dict(sorted(self.facts.items())),
            **{name.replace(" ", "_"): kinds[name] for name in _NAMED},
            "breaches": len(self.breaches), "examples": self.breaches[:20],
        }  # fmt: skip

    def __str__(self) -> str:
        kinds = self.kinds
        told = ", ".join(f"{kinds[name]} {name}" for name in _NAMED)
        others = sum(n for name, n in kinds.items() if name not in _NAMED)
        rate = self.killed / self.seconds if self.seconds else 0.0
        at = ", ".join(f"{n} {place}" for place, n in sorted(self.places.items()))
        facts = ", ".join(f"{n} {name}" for name, n in sorted(self.facts.items()))
        return (
            f"kill -9, {self.kind}: {self.killed} points of {self.plots} plots in {self.seconds:.1f} s "
            f"({rate:.1f}/s), {self.twice} of them killed twice, {self.unmet} not met: "
            f"{told}, {others} other breaches\n  at {at}\n  {facts}"
        )
