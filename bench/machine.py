"""Two cores, one for whoever is measured and one for whoever measures; what a process has spent."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")


def cores() -> tuple[int, int]:
    """The core of the server and the core of the generator; on a machine with one core they share it."""
    own = sorted(os.sched_getaffinity(0))
    if len(own) < 2:
        print("one core only: server and generator share it, the figures are too low", file=sys.stderr)
    return own[0], own[min(1, len(own) - 1)]


def pinned(core: int) -> Callable[[], None]:
    """For `preexec_fn`: the child and all its children stay on this core."""
    return lambda: os.sched_setaffinity(0, {core})


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its living descendants."""
    spent = 0.0
    for member in _tree(pid):
        try:
            # The name in parentheses may hold blanks; what follows it does not.
            fields = Path(f"/proc/{member}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        spent += (int(fields[11]) + int(fields[12])) / _TICK
    return spent


def _tree(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text(encoding="utf-8").split():
            found += _tree(int(child))
    return found
