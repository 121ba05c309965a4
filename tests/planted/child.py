"""What happens in the process that belongs to one bug: its catchers run over the copy, and their word is kept."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from tests.planted.bug import Bug, Catcher
from tests.planted.tree import ROOT
from tests.planted.witness import FAILED, Witness

CAUGHT, SURVIVED = "caught", "survived"
#: What is neither: the patch does not fit, the copy does not run, a catcher is gone, or it never ends.
STALE, BROKEN, MISSING, HUNG = "stale", "broken", "missing", "hung"


def live(root: Path, bug: Bug, answer: Path) -> None:
    """Never returns."""
    try:
        os.setsid()
        out = os.open(root / "log", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(out, 1)
        os.dup2(out, 2)
        outcome, said = _noticed(root, bug)
        answer.write_text(json.dumps([outcome, said]), encoding="utf-8")
    except BaseException:  # noqa: BLE001 - the log is all that the parent will read
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)


def _noticed(root: Path, bug: Bug) -> tuple[str, str]:
    tests = [catcher for catcher in bug.caught if not catcher.arguments]
    outcome = _by_tests(root, tests) if tests else (CAUGHT, "")
    if outcome[0] == MISSING:
        # Where the program does not even start, no test is to be found either.
        for file in bug.files():
            importlib.import_module(file.removesuffix(".py").replace("/", "."))
    for catcher in bug.caught:
        if catcher.arguments and outcome[0] == CAUGHT:
            outcome = _by_command(root, catcher)
    return outcome


def _by_tests(root: Path, catchers: Sequence[Catcher]) -> tuple[str, str]:
    witness = _pytest(root, [catcher.what for catcher in catchers])
    for catcher in catchers:
        seen = {outcome for node, outcome in witness.seen.items() if catcher.holds(node)}
        trouble = [line for line in witness.trouble if line.startswith(catcher.what.partition("::")[0])]
        if FAILED in seen:
            continue
        if trouble:
            return BROKEN, "; ".join(trouble)
        return (SURVIVED, f"{catcher.what} passes") if seen else (MISSING, f"{catcher.what}: no such test")
    return CAUGHT, ""


def _pytest(root: Path, wanted: Sequence[str]) -> Witness:
    os.chdir(root)
    elsewhere = [entry for entry in sys.path if Path(entry or ".").resolve() not in {ROOT, root}]
    sys.path[:] = [str(root), *elsewhere]
    for name in [name for name in sys.modules if name.partition(".")[0] in {"tests", "bot"}]:
        del sys.modules[name]
    importlib.invalidate_caches()
    import pytest

    import bot

    if not str(bot.__file__).startswith(str(root)):
        msg = f"the program is read from {bot.__file__}, not from the copy"
        raise RuntimeError(msg)
    witness = Witness()
    # Only what the tests need: other plugins would be rewritten anew for each bug.
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    plugins = ("-p", "pytest_asyncio.plugin", "-p", "pytest_timeout", "-p", "no:cacheprovider")
    pytest.main(
        [*plugins, "-m", "not postgres", "--timeout=60", f"--basetemp={root / 'tmp'}", *wanted],
        plugins=[witness],
    )
    return witness


def _by_command(root: Path, catcher: Catcher) -> tuple[str, str]:
    done = subprocess.run(
        [sys.executable, "-m", *catcher.arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=False,
    )
    said = done.stdout + done.stderr
    if done.returncode == 0:
        return SURVIVED, f"{catcher.what} finds nothing"
    if done.returncode != 1 or catcher.word not in said:
        return BROKEN, f"{catcher.what} ended with {done.returncode}: {said[-500:]}"
    return CAUGHT, ""
