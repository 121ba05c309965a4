"""Bring his open opportunity to a stage."""

from __future__ import annotations

from bot.crm.company.journey_steps import SetStage
from bot.journeys.step import Facts, MoveDeal, Node, Step


def run(config: SetStage, facts: Facts) -> Step:
    """The stage's gate decides, as for a colleague."""
    del facts
    return Step(effects=(MoveDeal(config.stage),), way="next")


NODE = Node(run, label="推进商机")
