"""He has reached what this journey is for, if it holds; it ends here then."""

from __future__ import annotations

from bot.crm.company.journey_steps import Goal
from bot.journeys.step import Facts, Node, Step

GOAL = "goal"


def run(config: Goal, facts: Facts) -> Step:
    """Else he goes on."""
    return Step(ends=GOAL) if facts.holds(config.goal) else Step(way="next")


NODE = Node(run, conditions=lambda config: (config.goal,), label="目标")
