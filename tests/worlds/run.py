"""Plays many worlds, counts, and says how each broken one is played again."""

from __future__ import annotations

import argparse
import gc
import itertools
import json
import multiprocessing
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.worlds.plants import PLANTS
from tests.worlds.world import Result, play

#: Seeds that were broken once; they are played first for ever.
KEPT = Path(__file__).with_name("seeds.txt")
#: A world leaves more behind than most programs do, and is soon over.
_LITTER = (200_000, 20, 100)


@dataclass
class Tally:
    """What came of many worlds."""

    played: int = 0
    broken: dict[int, list[str]] = field(default_factory=dict)
    lived: float = 0.0
    cpu: float = 0.0
    took: float = 0.0
    facts: Counter[str] = field(default_factory=Counter)

    def add(self, result: Result) -> None:
        """Count one more."""
        self.played += 1
        self.lived += result.lived
        self.cpu += result.took
        self.facts.update(result.facts)
        if result.breaches:
            self.broken[result.seed] = result.breaches

    def __str__(self) -> str:
        rate = self.played / self.took if self.took else 0.0
        counts = ", ".join(
            f"{n} {name}" for name, n in sorted(self.facts.items()) if not name.startswith("fault ")
        )
        faults = ", ".join(
            f"{n} {name[6:]}" for name, n in sorted(self.facts.items()) if name.startswith("fault ")
        )
        return (
            f"worlds: {self.played} seeds, {len(self.broken)} broken, {self.lived / 86_400:.1f} virtual days"
            f" in {self.took:.1f} s ({rate:.1f} seeds/s)\n  {counts}\n  faults: {faults}"
        )

    def as_json(self) -> str:
        """For whoever gathers evidence."""
        document = {
            "seeds": self.played, "broken": {str(seed): found for seed, found in self.broken.items()},
            "virtual_days": round(self.lived / 86_400, 2), "seconds": round(self.took, 1),
            "seeds_per_second": round(self.played / self.took, 2) if self.took else 0.0,
            "facts": dict(sorted(self.facts.items())),
        }  # fmt: skip
        return json.dumps(document, ensure_ascii=False, indent=1)


def kept() -> list[int]:
    """The seeds of the file."""
    lines = KEPT.read_text(encoding="utf-8").splitlines() if KEPT.exists() else []
    return [int(line.split("#")[0]) for line in lines if line.split("#")[0].strip()]


def keep(seed: int, why: str) -> None:
    """Remember a broken seed."""
    if seed not in kept():
        with KEPT.open("a", encoding="utf-8") as file:
            file.write(f"{seed}  # {' '.join(why.split())[:100]}\n")


def _play(task: tuple[int, str]) -> Result:
    seed, plant = task
    return play(seed, PLANTS[plant] if plant else None)


def _results(seeds: Iterable[int], jobs: int, plant: str) -> Iterator[Result]:
    tasks = ((seed, plant) for seed in seeds)
    if jobs < 2:
        yield from map(_play, tasks)
        return
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        yield from pool.imap_unordered(_play, tasks, chunksize=4)


def run(
    seeds: Iterable[int], *, jobs: int = 1, plant: str = "", until: str | None = None, for_: float = 0.0
) -> Tally:
    """Play these; `for_`: no more than so many seconds."""
    tally, began = Tally(), time.monotonic()
    for result in _results(seeds, jobs, plant):
        tally.add(result)
        tally.took = time.monotonic() - began
        if result.breaches:
            _say(result, plant)
            if until is not None and any(breach.startswith(until) for breach in result.breaches):
                break
        if for_ and tally.took > for_:
            break
    return tally


def _say(result: Result, plant: str) -> None:
    planted = f" --plant {plant}" if plant else ""
    sys.stdout.write(
        f"seed {result.seed} is broken; again: python -m tests.worlds --only {result.seed}{planted}\n"
    )
    for breach in result.breaches[:12]:
        sys.stdout.write(f"  {breach}\n")
    sys.stdout.flush()


def main(arguments: Sequence[str]) -> int:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.worlds", description=__doc__)
    parser.add_argument("--seeds", type=int, default=200, help="how many, after those that are kept")
    parser.add_argument("--from", dest="first", type=int, default=0, help="the first of them")
    parser.add_argument("--only", type=int, help="this one alone")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--for", dest="for_", type=float, default=0.0, help="stop after so many seconds")
    parser.add_argument("--plant", choices=sorted(PLANTS), default="", help="with this bug put in on purpose")
    parser.add_argument("--until", metavar="I3", help="stop at the first breach that begins so")
    parser.add_argument("--json", type=Path, help="write the counts here")
    parser.add_argument("--no-keep", action="store_true", help="leave seeds.txt as it is")
    given = parser.parse_args(arguments)
    chosen: Iterable[int] = range(given.first, given.first + given.seeds)
    chosen = (
        [given.only] if given.only is not None else itertools.chain(kept() if not given.plant else (), chosen)
    )
    # What was imported stays: to look through it again and again takes a twentieth of the time.
    gc.freeze()
    gc.set_threshold(*_LITTER)
    tally = run(chosen, jobs=given.jobs, plant=given.plant, until=given.until, for_=given.for_)
    sys.stdout.write(f"{tally}\n")
    if given.json:
        given.json.write_text(tally.as_json() + "\n", encoding="utf-8")
    if not given.plant and not given.no_keep:
        for seed, found in tally.broken.items():
            keep(seed, found[0])
    return 1 if tally.broken else 0
