"""Trouble from below, for as long as you like; status 1 if a promise broke.

`python -m tests.outage --restarts 100` kills PostgreSQL under load, `--poisons 200` brings what kills the process.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sys
from pathlib import Path

import orjson
import structlog

from bot.crm.company.load import load
from tests.conftest import ROOT
from tests.kill.__main__ import sqlite_base
from tests.kill.crash import workshop
from tests.outage.plants import CountsAfterwards
from tests.outage.poison import epidemic
from tests.outage.restarts import outage


def main() -> int:
    """Run what was asked for, print its figures."""
    parser = argparse.ArgumentParser(prog="python -m tests.outage", description=__doc__)
    parser.add_argument("--restarts", type=int, default=0, help="of PostgreSQL, pg_ctl -m immediate")
    parser.add_argument("--poisons", type=int, default=0, help="deliveries that kill the process or fail")
    parser.add_argument("--plant", default="", choices=["", "counts afterwards"])
    parser.add_argument("--json", default="", help="write the figures to this file as well")
    asked = parser.parse_args()
    figures, breaches = {}, 0
    if asked.restarts:
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
        restarted = asyncio.run(outage(asked.restarts))
        figures["restarts"], breaches = restarted.document(), breaches + len(restarted.breaches)
    if asked.poisons:
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.NOTSET))
        company, worker = load(ROOT / "config"), [CountsAfterwards] if asked.plant else []
        with workshop() as home, sqlite_base(home) as base:
            poisoned = epidemic(base, company, home, asked.poisons, *worker)
        figures["poisons"], breaches = poisoned.document(), breaches + len(poisoned.breaches)
    document = orjson.dumps(figures, option=orjson.OPT_INDENT_2).decode()
    if asked.json:
        Path(asked.json).write_text(document + "\n")
    sys.stdout.write(document + "\n")
    return int(breaches > 0 or not figures)


if __name__ == "__main__":
    sys.exit(main())
