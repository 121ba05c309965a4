"""A planted bug: a patch of a few lines, the promise that it breaks, and who must notice."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

BUGS = Path(__file__).resolve().parent / "bugs"
_NAME = re.compile(r"(\d\d)-([a-z0-9-]+)")
_HEAD = re.compile(r"# (breaks|caught): (\S.*)")
_COMMAND = "python -m "


@dataclass(frozen=True, slots=True)
class Catcher:
    """Who must notice: a test by its node id, or a module that is run and says a certain word."""

    what: str
    #: Of a command: what it must print besides ending with 1.
    word: str = ""

    @property
    def arguments(self) -> list[str]:
        """Of a command: module and what follows; empty for a test."""
        return self.what.removeprefix(_COMMAND).split() if self.what.startswith(_COMMAND) else []

    def holds(self, node_id: str) -> bool:
        """Whether this test, file or class of parameters is meant."""
        return node_id == self.what or node_id.startswith((f"{self.what}[", f"{self.what}::"))


@dataclass(frozen=True, slots=True)
class Bug:
    """One of them, as its file tells."""

    number: str
    name: str
    patch: Path
    #: The promise that no longer holds.
    breaks: str
    caught: tuple[Catcher, ...]

    def files(self) -> list[str]:
        """The files that it changes, from the root."""
        return re.findall(r"^\+\+\+ b/(\S+)", self.patch.read_text(encoding="utf-8"), re.MULTILINE)


def read(patch: Path) -> Bug:
    """Read one; ValueError says what its head lacks."""
    named = _NAME.fullmatch(patch.stem)
    said: dict[str, list[str]] = {"breaks": [], "caught": []}
    for line in patch.read_text(encoding="utf-8").splitlines():
        if line.startswith("--- "):
            break
        if head := _HEAD.fullmatch(line):
            said[head[1]].append(head[2])
    if named is None or len(said["breaks"]) != 1 or not said["caught"]:
        msg = f"{patch.name}: a bug is NN-name.patch with one «# breaks:» and at least one «# caught:»"
        raise ValueError(msg)
    caught = tuple(Catcher(*line.split(" => ", 1)) for line in said["caught"])
    return Bug(named[1], named[2].replace("-", " "), patch, said["breaks"][0], caught)


def every(folder: Path = BUGS) -> list[Bug]:
    """All of them, by number."""
    return [read(patch) for patch in sorted(folder.glob("*.patch"))]
