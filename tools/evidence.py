"""Run the long campaigns one after the other and write down what they counted.

Usage: python tools/evidence.py [--share PERCENT] [--only NAME] [--take NAME FILE]

Writes docs/evidence.json, and docs/evidence.md from it: the figures, the commit they belong to,
and whether each aim was reached. `--take` writes down a run that was made by hand, from the file
that its `--json` wrote. Exits with 1 when a campaign found a violation or missed its aim.
"""

from __future__ import annotations

import argparse
import json
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
JSON, PAGE = ROOT / "docs" / "evidence.json", ROOT / "docs" / "evidence.md"


@dataclass(frozen=True, slots=True)
class Campaign:
    """One long run: what it is told, and where its answer has the number and the violations."""

    name: str
    says: str
    #: Module, and the option that takes the number, if it takes one.
    run: tuple[str, ...]
    aim: int
    #: Paths of keys in the answer.
    counts: str
    violations: str
    more: tuple[str, ...] = ()


CAMPAIGNS = (
    Campaign("worlds", "seeded worlds", ("tests.worlds", "--seeds"), 20_000, "seeds", "broken"),
    Campaign(
        "kills_sqlite", "kill points, SQLite", ("tests.kill", "--points"), 10_000, "points", "breaches",
        ("--database", "sqlite"),
    ),
    Campaign(
        "kills_postgres", "kill points, PostgreSQL", ("tests.kill", "--points"), 2_000, "points", "breaches",
        ("--database", "postgres"),
    ),
    Campaign(
        "mutations", "mutated deliveries", ("tests.wire", "--mutations"), 1_000_000, "mutations.mutations",
        "mutations.failures",
    ),
    Campaign(
        "kills_dingtalk", "kill points on DingTalk, SQLite", ("tests.kill", "--points"), 2_000, "points",
        "breaches", ("--on", "dingtalk"),
    ),
    Campaign(
        "mutations_dingtalk", "mutated deliveries of DingTalk", ("tests.wire", "--dingtalk"), 100_000,
        "dingtalk.mutations", "dingtalk.failures",
    ),
    Campaign(
        "frames_dingtalk", "mutated frames of DingTalk's stream", ("tests.wire", "--frames"), 20_000,
        "frames.frames", "frames.failures",
    ),
    Campaign(
        "twins", "pairs of near twins, none merged", ("tests.wire", "--twins"), 100_000, "twins.n",
        "twins.failures",
    ),
    Campaign(
        "repeats", "repeated deliveries, one effect each", ("tests.wire", "--repeats"), 100_000, "repeats.n",
        "repeats.failures",
    ),
    Campaign(
        "restarts", "PostgreSQL restarts under load", ("tests.outage", "--restarts"), 100,
        "restarts.restarts", "restarts.breaches",
    ),
    Campaign(
        "poisons", "poisonous deliveries set aside", ("tests.outage", "--poisons"), 100, "poisons.poisons",
        "poisons.breaches",
    ),
    Campaign(
        "tampers", "tampered audit chains, each found", ("tests.audit.tampers", "--count"), 10_000,
        "tampers", "missed",
    ),
    Campaign("planted", "bugs planted on purpose, caught", ("tests.planted",), 20, "caught", "violations"),
)  # fmt: skip


def run(campaign: Campaign, share: int) -> dict[str, Any]:
    """Run one to its share of the aim, in percent; empty if it left no answer."""
    module, *option = campaign.run
    number = (*option, str(max(1, campaign.aim * share // 100))) if option else ()
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer.json"
        command = [sys.executable, "-m", module, *number, *campaign.more, "--json", str(answer)]
        begun = time.monotonic()
        subprocess.run(command, cwd=ROOT, check=False)
        seconds = round(time.monotonic() - begun)
        return (
            {"seconds": seconds, **json.loads(answer.read_text(encoding="utf-8"))} if answer.exists() else {}
        )


def at(answer: dict[str, Any], path: str) -> int:
    """The number at a path of keys; a list or a mapping counts its members, what is absent is 0."""
    found: Any = answer
    for key in path.split("."):
        found = found.get(key, 0) if isinstance(found, dict) else 0
    return len(found) if isinstance(found, list | dict) else int(found)


def entry(campaign: Campaign, answer: dict[str, Any]) -> dict[str, Any]:
    """One row of the evidence."""
    own = answer.get(campaign.counts.split(".")[0])
    seconds = own.get("seconds") if isinstance(own, dict) else None
    return {
        "counted": at(answer, campaign.counts), "violations": at(answer, campaign.violations),
        # What a run by hand found, and was mended, kept and played again before it was written down.
        "mended": at(answer, "mended"),
        "aim": campaign.aim, "seconds": round(seconds or answer.get("seconds", 0)), "commit": commit(),
        "python": platform.python_version(), "answer": answer,
    }  # fmt: skip


def commit() -> str:
    """The commit that the figures belong to."""
    said = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return said.stdout.strip()


def page(evidence: dict[str, Any]) -> str:
    """The table that people read."""
    lines = [
        "# Evidence",
        "",
        "Written by `make evidence` from the campaigns' own counts. docs/promises.md says what they show.",
        "",
        "| campaign | aim | counted | violations | seconds | commit |",
        "|---|---|---|---|---|---|",
    ]
    rows = [(one, evidence[one.name]) for one in CAMPAIGNS if one.name in evidence]
    lines += [
        f"| {one.says} | {one.aim:,} | {row['counted']:,} | {_found(row)} "
        f"| {row['seconds']:,} | {row['commit']} |"
        for one, row in rows
    ]
    return "\n".join([*lines, ""])


def _found(row: dict[str, Any]) -> str:
    mended = row.get("mended", 0)
    return f"{row['violations']} left, {mended} mended" if mended else str(row["violations"])


def main() -> int:
    """0 when every campaign that was asked for reached its aim without a violation."""
    names = [one.name for one in CAMPAIGNS]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=int, default=100, help="percent of each aim to run")
    parser.add_argument("--only", action="append", default=[], choices=names)
    parser.add_argument("--take", nargs=2, metavar=("NAME", "FILE"), help="a run made by hand")
    said = parser.parse_args()
    evidence = json.loads(JSON.read_text(encoding="utf-8")) if JSON.exists() else {}
    wanted = [said.take[0]] if said.take else said.only or names
    failed = []
    for campaign in CAMPAIGNS:
        if campaign.name not in wanted:
            continue
        print(f"== {campaign.says}", flush=True)
        answer = json.loads(Path(said.take[1]).read_text()) if said.take else run(campaign, said.share)
        row = evidence[campaign.name] = entry(campaign, answer)
        if row["violations"] or row["counted"] < campaign.aim * (100 if said.take else said.share) / 100:
            failed.append(campaign.name)
        JSON.write_text(json.dumps(evidence, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
        PAGE.write_text(page(evidence), encoding="utf-8")
    print(f"below their aim or with violations: {', '.join(failed) or 'none'}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
