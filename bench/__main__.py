"""`python -m bench`: run the measurements and print them with their aims; 1 if an aim is missed."""

from __future__ import annotations

import argparse
import sys

from bench import claims, webhook


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("only", nargs="*", choices=["webhook", "claims", []], help="which; all by default")
    parser.add_argument("--rounds", type=int, default=5, help="rounds of each (default 5)")
    parser.add_argument(
        "--seconds", type=int, default=3, help="seconds of load per server and round (default 3)"
    )
    given = parser.parse_args()
    wanted = given.only or ["webhook", "claims"]
    met = True
    if "webhook" in wanted:
        met &= webhook.run(rounds=given.rounds, seconds=given.seconds)
    if "claims" in wanted:
        met &= claims.run(rounds=given.rounds)
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
