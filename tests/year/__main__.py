"""Play years: `python -m tests.year --seeds 100 --people 12 --days 60`. Exit status 1 when a promise was broken.

A broken seed is appended to seeds.txt, which is played first in each run.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path

import structlog

from tests.year.life import play

SEEDS = Path(__file__).with_name("seeds.txt")


def kept() -> list[int]:
    """Seeds that were broken once."""
    lines = SEEDS.read_text(encoding="utf-8").splitlines() if SEEDS.exists() else []
    return [int(line.split("#")[0]) for line in lines if line.split("#")[0].strip()]


def main(said: list[str]) -> int:
    """Play them and say what was seen."""
    asked = argparse.ArgumentParser(prog="python -m tests.year")
    asked.add_argument("--seeds", type=int, default=100)
    asked.add_argument("--from", type=int, default=0, dest="first")
    asked.add_argument("--people", type=int, default=12)
    asked.add_argument("--days", type=float, default=60)
    asked.add_argument("--no-keep", action="store_true")
    given = asked.parse_args(said)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    figures: Counter[str] = Counter()
    failed = []
    for seed in dict.fromkeys([*kept(), *range(given.first, given.first + given.seeds)]):
        seen = play(seed, people=given.people, days=given.days)
        figures += seen.counts + Counter(years=1)
        if seen.breaches:
            failed.append(seed)
            sys.stdout.write(f"{seed}: {'; '.join(seen.breaches[:5])}\n")
            if not given.no_keep:
                with SEEDS.open("a", encoding="utf-8") as out:
                    out.write(f"{seed}  # {seen.breaches[0]}\n")
    counted = "  ".join(f"{name} {n}" for name, n in sorted(figures.items()))
    sys.stdout.write(f"{counted}  broken {len(failed)}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
