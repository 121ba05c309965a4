"""Write a field of the lead."""

from __future__ import annotations

from bot.crm.company.journey_steps import SetField
from bot.journeys.step import Facts, Node, Step, WriteField


def run(config: SetField, facts: Facts) -> Step:
    """The same value again changes nothing."""
    del facts
    return Step(effects=(WriteField(config.set, config.to),), way="next")


NODE = Node(run, label="改字段")
