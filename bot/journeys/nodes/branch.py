"""Take the first way whose condition holds, else the other."""

from __future__ import annotations

from bot.crm.company.journey_steps import Branch
from bot.journeys.step import Facts, Node, Step


def run(config: Branch, facts: Facts) -> Step:
    """In the order of the file."""
    for n, arm in enumerate(config.branch, 1):
        if facts.holds(arm.when):
            return Step(way=str(n))
    return Step(way="else")


NODE = Node(run, conditions=lambda config: tuple(arm.when for arm in config.branch), label="分支")
