"""Play lives: `python -m tests.touch --seeds 500 --from 0 --days 20`. Exit status 1 when a promise was broken."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping

from tests import campaign
from tests.touch.life import SEEDS, play


def _play(seed: int, asked: Mapping[str, float]) -> tuple[Counter[str], list[str]]:
    world, broken = play(seed, days=asked["days"])
    stops = sum(not agrees for told in world.said.values() for _, agrees in told)
    return Counter(wanted=world.keys, on_the_wire=len(world.wire), said_stop=stops), broken


if __name__ == "__main__":
    sys.exit(campaign.main("python -m tests.touch", SEEDS, _play, sys.argv[1:], {"days": 10}))
