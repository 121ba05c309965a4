"""Each bug that is put in on purpose is noticed: a suite that misses it would prove nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.planted.bug import Bug, every
from tests.planted.tree import ROOT

EVERY = every()
#: Seconds for all of them, on a slow machine that is busy besides.
_WITHIN = 900
pytestmark = pytest.mark.timeout(_WITHIN + 60)

#: Patches that show what the runner says of each kind of trouble.
_PATCH = "--- a/bot/{file}\n+++ b/bot/{file}\n@@ -1,2 +1,2 @@\n-{old}\n+{new}\n \n"
_CLOCK = '"""The only room, beside app, that asks what time it is."""'
_SHAM = {
    "01-harmless": ("kit/clock.py", _CLOCK, '"""What time is it?"""', "kit/test_clock.py"),
    "02-does-not-run": ("kit/clock.py", _CLOCK, "import nothing_of_this_name", "kit/test_clock.py"),
    "03-outdated": ("kit/clock.py", '"""As it once began."""', '"""x"""', "kit/test_clock.py"),
    "04-nobody-looks": ("kit/clock.py", _CLOCK, '"""x"""', "kit/test_clock.py::test_that_is_gone"),
    "05-slips-when-it-runs": ("kit/clock.py", _CLOCK, "time = None", "kit/test_clock.py"),
}


def run(out: Path, *more: str) -> dict[str, Any]:
    """All of them, by the command, in a process that has read nothing of the program."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.planted", "--json", str(out), *more],
        cwd=ROOT,
        timeout=_WITHIN,
        capture_output=True,
        text=True,
        check=False,
    )
    assert out.exists(), done.stderr[-2000:]
    table: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
    return table


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    table = run(tmp_path_factory.mktemp("planted") / "verdicts.json")
    return {row["bug"]: row for row in table["bugs"]}


@pytest.mark.parametrize("bug", EVERY, ids=lambda bug: bug.patch.stem)
def test_a_planted_bug_is_caught(verdicts: dict[str, Any], bug: Bug):
    """One that survives is a hole in the tests of the promise that it breaks."""
    row = verdicts[bug.patch.stem]

    assert row["outcome"] == "caught", f"{bug.breaks} {row['outcome']}: {row['said']}"


def test_there_are_enough_of_them():
    """Each has a number of its own, changes only the program, and stays a slip of a few lines."""
    assert len(EVERY) >= 24
    assert len({bug.number for bug in EVERY}) == len(EVERY)
    for bug in EVERY:
        changed = [line for line in bug.patch.read_text("utf-8").splitlines() if line.startswith(("+", "-"))]
        assert all(file.startswith("bot/") for file in bug.files()), bug.name
        assert len(changed) - 2 * len(bug.files()) <= 16, bug.name


def test_only_a_tests_own_word_counts_as_caught(tmp_path: Path):
    """Neither a patch that does nothing, nor one that breaks everything, nor one that no longer fits."""
    for name, (file, old, new, by) in _SHAM.items():
        head = f"# breaks: nothing\n# caught: tests/{by}\n"
        (tmp_path / f"{name}.patch").write_text(head + _PATCH.format(file=file, old=old, new=new), "utf-8")

    table = run(tmp_path / "verdicts.json", "--bugs", str(tmp_path))

    assert {row["bug"]: row["outcome"] for row in table["bugs"]} == {
        "01-harmless": "survived",
        "02-does-not-run": "broken",
        "03-outdated": "stale",
        "04-nobody-looks": "missing",
        "05-slips-when-it-runs": "broken",
    }
    assert table["caught"] == 0
