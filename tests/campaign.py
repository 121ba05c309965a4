"""Play many seeds of something, count, and keep those that were broken; they are played first in each run."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import structlog

#: A seed and what was asked for by option → what was seen, and each promise that was not kept.
Play = Callable[[int, Mapping[str, float]], tuple[Counter[str], list[str]]]


def kept(file: Path) -> list[int]:
    """The seeds of a file that were broken once: one a line, with what was found."""
    lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    return [int(line.split("#")[0]) for line in lines if line.split("#")[0].strip()]


def main(prog: str, file: Path, play: Play, said: Sequence[str], options: Mapping[str, float]) -> int:
    """Play them and say what was seen; `options`: what may be asked for, and what it is otherwise."""
    asked = argparse.ArgumentParser(prog=prog)
    asked.add_argument("--seeds", type=int, default=100)
    asked.add_argument("--from", type=int, default=0, dest="first")
    asked.add_argument("--no-keep", action="store_true")
    for name, default in options.items():
        asked.add_argument(f"--{name}", type=float, default=default)
    given = asked.parse_args(said)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    figures: Counter[str] = Counter()
    failed = []
    for seed in dict.fromkeys([*kept(file), *range(given.first, given.first + given.seeds)]):
        counts, broken = play(seed, {name: getattr(given, name) for name in options})
        figures += counts + Counter(seeds=1)
        if broken:
            failed.append(seed)
            sys.stdout.write(f"{seed}: {'; '.join(broken[:5])}\n")
            if not given.no_keep:
                with file.open("a", encoding="utf-8") as out:
                    out.write(f"{seed}  # {broken[0]}\n")
    seen = "  ".join(f"{name} {n}" for name, n in sorted(figures.items()))
    sys.stdout.write(f"{seen}  broken {len(failed)}\n")
    return 1 if failed else 0
