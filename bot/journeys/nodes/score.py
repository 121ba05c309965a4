"""Give points, or take some: once for each time he comes here."""

from __future__ import annotations

from bot.crm.company.journey_steps import Score
from bot.journeys.step import Facts, GivePoints, Node, Step


def run(config: Score, facts: Facts) -> Step:
    """What that makes of him, scoring decides."""
    del facts
    return Step(effects=(GivePoints(config.score, config.reason),), way="next")


NODE = Node(run, label="加减分")
