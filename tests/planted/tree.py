"""A copy of the program and its tests, into which one bug at a time is put, and taken out again."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from tests.planted.bug import Bug

ROOT = Path(__file__).resolve().parents[2]
_PARTS = ("bot", "tests", "config")


class StalePatchError(Exception):
    """The program has changed where the bug was put: the patch must be made anew."""


class Tree:
    """One copy."""

    def __init__(self, root: Path) -> None:
        self.root = root
        for part in _PARTS:
            shutil.copytree(ROOT / part, root / part)
        shutil.copy2(ROOT / "pyproject.toml", root)
        self._planted = 0
        self._sound: list[tuple[Path, bytes, os.stat_result]] = []

    def plant(self, bug: Bug) -> None:
        """Put the bug in; StalePatchError if it does not fit any more."""
        files = [self.root / name for name in bug.files()]
        self._sound = [(file, file.read_bytes(), file.stat()) for file in files if file.exists()]
        self._apply(bug)
        self._planted += 1
        for file in files:
            # Bytecode is known by the second and the size of its source: each bug has a second of its own.
            os.utime(file, (self._planted, self._planted))

    def heal(self) -> None:
        """Take the bug out again."""
        for file, content, was in self._sound:
            file.write_bytes(content)
            os.utime(file, ns=(was.st_atime_ns, was.st_mtime_ns))
        self._sound = []

    def _apply(self, bug: Bug) -> None:
        done = subprocess.run(
            ["git", "apply", str(bug.patch)],
            cwd=self.root,
            # The copy may lie inside some repository, whose rules are not ours.
            env={**os.environ, "GIT_CEILING_DIRECTORIES": str(self.root.parent)},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise StalePatchError(done.stderr.strip())
