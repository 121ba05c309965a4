"""Move him on in his lifecycle; never back."""

from __future__ import annotations

from bot.crm.company.journey_steps import Lifecycle
from bot.journeys.step import Facts, MoveOn, Node, Step


def run(config: Lifecycle, facts: Facts) -> Step:
    """Who is there or further stays."""
    del facts
    return Step(effects=(MoveOn(config.lifecycle),), way="next")


NODE = Node(run, label="生命周期")
