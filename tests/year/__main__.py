"""Play years: `python -m tests.year --seeds 100 --people 12 --days 60`. Exit status 1 when a promise was broken."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping

from tests import campaign
from tests.year.life import SEEDS, play


def _play(seed: int, asked: Mapping[str, float]) -> tuple[Counter[str], list[str]]:
    seen = play(seed, people=int(asked["people"]), days=asked["days"])
    return seen.counts, seen.breaches


if __name__ == "__main__":
    sys.exit(campaign.main("python -m tests.year", SEEDS, _play, sys.argv[1:], {"people": 12, "days": 60}))
