"""Hand the lead to sales by the rules of routing, unless somebody has it."""

from __future__ import annotations

from bot.crm.company.journey_steps import Assign
from bot.journeys.step import Facts, HandOver, Node, Step


def run(config: Assign, facts: Facts) -> Step:
    """To whom, routing decides."""
    del facts
    return Step(effects=(HandOver(config.reason),), way="next")


NODE = Node(run, label="交给销售")
