"""Plant every bug, one at a time, and print who noticed: `python -m tests.planted [--only NN] [--json FILE]`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.planted.bug import BUGS, every
from tests.planted.child import CAUGHT
from tests.planted.run import Verdict, run


def main() -> int:
    """0 if every bug was caught, else 1."""
    parser = argparse.ArgumentParser(prog="python -m tests.planted", description=__doc__)
    parser.add_argument("--only", action="append", metavar="NN", help="a bug by its number; may be repeated")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the verdicts there, too")
    parser.add_argument("--bugs", type=Path, default=BUGS, help="another folder of patches")
    given = parser.parse_args()
    bugs = [bug for bug in every(given.bugs) if not given.only or bug.number in given.only]
    if not bugs:
        parser.error("no such bug")
    verdicts = run(bugs, tell=_say)
    caught = sum(one.outcome == CAUGHT for one in verdicts)
    sys.stdout.write(f"{caught} of {len(verdicts)} planted bugs caught\n")
    if given.json:
        given.json.write_text(json.dumps(_table(verdicts), ensure_ascii=False, indent=1), encoding="utf-8")
    return 0 if caught == len(verdicts) else 1


def _say(verdict: Verdict) -> None:
    bug = verdict.bug
    by = verdict.said.strip().rpartition("\n")[2] or ", ".join(catcher.what for catcher in bug.caught)
    sys.stdout.write(f"{bug.number} {bug.name:<52} {verdict.outcome:<8} {verdict.seconds:5.1f} s  {by}\n")
    sys.stdout.flush()


def _table(verdicts: Sequence[Verdict]) -> dict[str, object]:
    rows = [
        {
            "bug": one.bug.patch.stem, "breaks": one.bug.breaks, "outcome": one.outcome, "said": one.said,
            "by": [catcher.what for catcher in one.bug.caught], "seconds": round(one.seconds, 1),
        }
        for one in verdicts
    ]  # fmt: skip
    caught = sum(row["outcome"] == CAUGHT for row in rows)
    return {"planted": len(rows), "caught": caught, "violations": len(rows) - caught, "bugs": rows}


if __name__ == "__main__":
    sys.exit(main())
