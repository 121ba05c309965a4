"""`python -m bench`: run the measurements and print them with their aims; 1 if an aim is missed."""

from __future__ import annotations

import argparse
import sys

from bench import ask, claims, dashboards, imports, journeys, pictures, rules, segments, tracking, webhook

ALL = [
    "webhook",
    "claims",
    "imports",
    "rules",
    "segments",
    "tracking",
    "pictures",
    "ask",
    "dashboards",
    "journeys",
]


def main() -> int:  # noqa: C901 - one line a measurement
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("only", nargs="*", choices=[*ALL, []], help="which; all by default")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each (default 5)")
    parser.add_argument(
        "--seconds", type=int, default=3, help="seconds of load per server and round (default 3)"
    )
    parser.add_argument(
        "--rows", type=int, default=imports.ROWS, help=f"rows of the import (default {imports.ROWS})"
    )
    parser.add_argument(
        "--leads", type=int, default=100_000, help="leads of rules and segments (default 100000)"
    )
    parser.add_argument("--events", type=int, default=1_000_000, help="events of segments (default 1000000)")
    parser.add_argument(
        "--dashboard-leads", type=int, default=100_000, help="leads of dashboards (default 100000)"
    )
    parser.add_argument("--people", type=int, default=20_000, help="people in a journey (default 20000)")
    given = parser.parse_args()
    wanted = given.only or ALL
    met = True
    if "webhook" in wanted:
        met &= webhook.run(rounds=given.rounds, seconds=given.seconds)
    if "claims" in wanted:
        met &= claims.run(rounds=given.rounds)
    if "imports" in wanted:
        met &= imports.run(rows=given.rows, rounds=min(given.rounds, 3))
    if "rules" in wanted:
        met &= rules.run(rounds=given.rounds, leads=given.leads)
    if "segments" in wanted:
        met &= segments.run(rounds=given.rounds, leads=given.leads, events=given.events)
    if "tracking" in wanted:
        met &= tracking.run(rounds=given.rounds)
    if "pictures" in wanted:
        met &= pictures.run(rounds=given.rounds)
    if "ask" in wanted:
        met &= ask.run(rounds=given.rounds)
    if "dashboards" in wanted:
        met &= dashboards.run(rounds=given.rounds, leads=given.dashboard_leads)
    if "journeys" in wanted:
        met &= journeys.run(rounds=given.rounds, people=given.people)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
