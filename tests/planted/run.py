"""Plant the bugs, two at a time, each in a process of its own that has read nothing of the program before."""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import signal
import tempfile
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.planted.bug import Bug
from tests.planted.child import BROKEN, HUNG, STALE, live
from tests.planted.tree import StalePatchError, Tree

#: Bugs at a time.
AT_ONCE = 2
#: Seconds for the catchers of one bug.
_WITHIN = 300
#: What every test imports and is not ours: read once, before the processes part.
_LIBRARIES = (
    "pytest", "hypothesis", "sqlalchemy.ext.asyncio", "sqlalchemy.dialects.sqlite",
    "sqlalchemy.dialects.postgresql", "alembic.command", "aiosqlite", "aiohttp.web", "aiohttp.test_utils",
    "pydantic", "structlog", "orjson", "yaml", "jinja2", "rich", "typer", "tenacity", "segno", "phonenumbers",
    "pypinyin", "rapidfuzz", "holidays.countries.china", "apscheduler.triggers.cron", "Crypto.Cipher.AES",
    "cryptography.hazmat.primitives.ciphers.aead", "cryptography.hazmat.primitives.kdf.hkdf", "psycopg",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one bug."""

    bug: Bug
    outcome: str
    #: Why it is not caught; the hole, if it survived.
    said: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class _Trial:
    """A bug in a copy, and the process that looks for it."""

    bug: Bug
    tree: Tree
    pid: int
    began: float

    def verdict(self) -> Verdict | None:
        """What came of it; None while it runs."""
        spent = time.monotonic() - self.began
        if os.waitpid(self.pid, os.WNOHANG)[0]:
            return Verdict(self.bug, *self._answer(), spent)
        if spent < _WITHIN:
            return None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        return Verdict(self.bug, HUNG, f"not at its end after {_WITHIN} s", spent)

    def _answer(self) -> tuple[str, str]:
        answer = self.tree.root / "answer.json"
        if not answer.exists():
            return BROKEN, (self.tree.root / "log").read_text(encoding="utf-8", errors="replace")[-800:]
        outcome, said = json.loads(answer.read_text(encoding="utf-8"))
        return outcome, said


def run(bugs: Sequence[Bug], *, tell: Callable[[Verdict], None] = lambda _: None) -> list[Verdict]:
    """Plant each of them and see whether it is noticed; the verdicts in the order of the bugs."""
    for library in _LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(library)
    verdicts: dict[str, Verdict] = {}
    with tempfile.TemporaryDirectory(prefix="planted-") as home:
        free = [Tree(Path(home) / str(number)) for number in range(min(AT_ONCE, len(bugs)))]
        waiting, running = deque(bugs), list[_Trial]()
        while waiting or running:
            while waiting and free:
                begun = _begin(waiting.popleft(), free)
                if isinstance(begun, _Trial):
                    running.append(begun)
                else:
                    verdicts[begun.bug.patch.stem] = begun
                    tell(begun)
            for trial in tuple(running):
                if (verdict := trial.verdict()) is not None:
                    running.remove(trial)
                    trial.tree.heal()
                    free.append(trial.tree)
                    verdicts[trial.bug.patch.stem] = verdict
                    tell(verdict)
            time.sleep(0.02)
    return [verdicts[bug.patch.stem] for bug in bugs]


def _begin(bug: Bug, free: list[Tree]) -> _Trial | Verdict:
    tree = free[-1]
    try:
        tree.plant(bug)
    except StalePatchError as exc:
        return Verdict(bug, STALE, str(exc))
    answer = tree.root / "answer.json"
    answer.unlink(missing_ok=True)
    pid = os.fork()
    if pid == 0:
        live(tree.root, bug, answer)
    return _Trial(bug, free.pop(), pid, time.monotonic())
