"""Take him out of another journey."""

from __future__ import annotations

from bot.crm.company.journey_steps import LeaveJourney
from bot.journeys.step import Facts, Join, Node, Step


def run(config: LeaveJourney, facts: Facts) -> Step:
    """Whoever is not in it changes nothing."""
    del facts
    return Step(effects=(Join(config.leave, on=False),), way="next")


NODE = Node(run, label="离开旅程")
