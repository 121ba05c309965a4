"""The rights of files that hold secrets or customers' data."""

from __future__ import annotations

import stat
from collections.abc import Iterable, Iterator
from pathlib import Path

from bot.cli.diagnosis.finding import Finding, broken, fine, worth_a_look

#: Put there by the container's runtime, which decides about their rights.
_GIVEN = Path("/run/secrets")


def look(*, secrets: Iterable[Path], data: Iterable[Path]) -> Iterator[Finding]:
    """Nobody else on this machine can read them."""
    kept = set(secrets)
    there = [path for path in (*sorted(kept), *data) if path.exists()]
    found = [finding for path in there if (finding := _of(path, holds_secrets=path in kept))]
    yield from found
    if there and not found:
        names = "、".join(path.name for path in there)
        yield fine("files.rights", f"文件权限：{names} 只有自己能读")


def _of(path: Path, *, holds_secrets: bool) -> Finding | None:
    if _GIVEN in path.parents:
        return None
    mode = path.stat().st_mode
    cure = f"chmod 600 {path}"
    if mode & stat.S_IROTH and _reachable(path.parent):
        return broken("files.rights", f"文件权限：{path} 这台机器上谁都能读（{stat.filemode(mode)}）", cure)
    if holds_secrets and mode & stat.S_IRGRP:
        return worth_a_look("files.rights", f"文件权限：{path} 同组的人能读（{stat.filemode(mode)}）", cure)
    return None


def _reachable(directory: Path) -> bool:
    """Whether strangers get that far: each directory above lets them through."""
    places = (directory.absolute(), *directory.absolute().parents)
    return all(one.stat().st_mode & stat.S_IXOTH for one in places)
