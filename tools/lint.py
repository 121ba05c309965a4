"""Rules that no linter knows: sizes of files, who asks the clock, who commits, which words are foreign."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Lines.
LIMIT, TEST_LIMIT = 400, 500
CLOCKS = re.compile(
    r"\b(datetime\.now|datetime\.utcnow|date\.today|time\.time)\(|^import (random|secrets|uuid)$",
    re.MULTILINE,
)
MAY_ASK = {"bot/kit/clock.py", "bot/kit/ids.py"}
#: Words of a workplace, not of the product.
FOREIGN = re.compile(r"\.\./shared|/wo" + r"rk/|pypi\.org|pythonhosted|npmjs\.(org|com)")


def tracked() -> list[Path]:
    """Every file of the repository, new ones too."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def complaints(path: Path) -> list[str]:
    """What is wrong with one file."""
    name = path.relative_to(ROOT).as_posix()
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return []
    found = []
    if name.endswith(".py"):
        limit = TEST_LIMIT if name.startswith("tests/") else LIMIT
        lines = text.count("\n")
        if lines > limit:
            found.append(f"{name}: {lines} lines, the limit is {limit}: split it by thing")
    if name.startswith("bot/") and name.endswith(".py"):
        found += _of_the_program(name, text)
    if name not in {".ci/run", "tools/lint.py"}:
        found += [f"{name}: says {m.group()!r}" for m in FOREIGN.finditer(text)]
    return found


def _of_the_program(name: str, text: str) -> list[str]:
    found = []
    if name not in MAY_ASK and not name.startswith(("bot/simulator/", "bot/store/migrations/")):
        found += [
            f"{name}: asks the clock or chance itself: {m.group().strip()}" for m in CLOCKS.finditer(text)
        ]
    if not name.startswith("bot/store/") and re.search(r"\.commit\(", text):
        found.append(f"{name}: commits; only the store does")
    return found


def main() -> int:
    """Print every complaint; 1 if there is one."""
    found = [line for path in tracked() for line in complaints(path)]
    for line in found:
        print(line)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
