"""What a run of pytest saw, and whether that is the proof of a bug or only of a broken tree."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

PASSED, FAILED, BROKEN = "passed", "failed", "broken"


class Witness:
    """Writes down what became of each test: passed, failed by its own word, or broken by something else."""

    def __init__(self) -> None:
        self.seen: dict[str, str] = {}
        self.trouble: list[str] = []

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.trouble.append(f"{report.nodeid} could not be collected")

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
        yield
        raised = call.excinfo
        if raised is None:
            self.seen.setdefault(item.nodeid, PASSED)
        elif raised.errisinstance(pytest.skip.Exception):
            self.trouble.append(f"{item.nodeid} was skipped")
        elif call.when == "call" and _is_proof(raised.value):
            self.seen[item.nodeid] = FAILED
        elif self.seen.get(item.nodeid) != FAILED:
            self.seen[item.nodeid] = BROKEN
            self.trouble.append(f"{item.nodeid}: {raised.typename} in its {call.when}: {raised.value}"[:300])

    def write(self, path: Path) -> None:
        path.write_text(json.dumps({"seen": self.seen, "trouble": self.trouble}), encoding="utf-8")


def _is_proof(raised: BaseException) -> bool:
    """A test's own word, or the program's «no» where a «yes» was promised; never a slip of the patch."""
    from bot.errors import BotError

    if isinstance(raised, pytest.fail.Exception):
        # pytest-timeout fails a test in the same way; a hang says nothing of the promise.
        return not str(raised).startswith("Timeout")
    return isinstance(raised, AssertionError | BotError)
