"""Five hundred questions read from a file by `leadbell ask --batch`, the start of the process apart.

Each round asks one question in a process of its own and then all, so what is left is the reading.
Counted are the seconds of a core that the process used: what else the machine does is not ours.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from bench import figures

QUESTIONS = 500
AIM = figures.at_most(2, "s")
_DATA = Path(__file__).parents[1] / "tests" / "data" / "ask"
_FILES = ("examples.jsonl", "more.jsonl", "more_2.jsonl")


def run(*, rounds: int) -> bool:
    lines = [line for name in _FILES for line in (_DATA / name).read_text("utf-8").splitlines()]
    ours = [line for line in lines if "org" not in json.loads(line)][:QUESTIONS]
    took: dict[str, list[float]] = {"start and one question": [], "start and all": [], "all, start apart": []}
    with tempfile.TemporaryDirectory() as folder:
        one, every = Path(folder, "one.jsonl"), Path(folder, "all.jsonl")
        one.write_text(ours[0] + "\n", encoding="utf-8")
        every.write_text("\n".join(ours) + "\n", encoding="utf-8")
        for _ in range(rounds):
            alone, together = _asked(one, 1), _asked(every, len(ours))
            for name, seconds in zip(took, (alone, together, together - alone), strict=True):
                took[name].append(seconds)
    found = median(took["all, start apart"])
    rows = [
        (name, f"{median(times):.2f} s", f"{figures.spread(times):.0f} %", "")
        for name, times in list(took.items())[:-1]
    ]
    apart = took["all, start apart"]
    rows.append(
        ("all, start apart", f"{found:.2f} s", f"{figures.spread(apart):.0f} %", figures.verdict(found, AIM))
    )
    figures.show(f"{len(ours)} questions from a file", ("what", "seconds of a core", "spread", "aim"), rows)
    return AIM.met(found)


def _asked(file: Path, count: int) -> float:
    """Seconds of a core that the whole process used."""
    program = [
        sys.executable, "-m", "bot", "ask", "--batch", str(file), "--org", str(_DATA / "org.yaml"),
        "--now", "2026-11-18T10:00:00+08:00",
    ]  # fmt: skip
    before = _used()
    done = subprocess.run(program, capture_output=True, text=True, check=True)
    seconds = _used() - before
    assert len(done.stdout.splitlines()) == count, "a question was not answered"
    return seconds


def _used() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime
