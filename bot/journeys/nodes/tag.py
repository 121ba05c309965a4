"""Put a tag on the lead."""

from __future__ import annotations

from bot.crm.company.journey_steps import GiveTag
from bot.journeys.step import Facts, Node, PutTag, Step


def run(config: GiveTag, facts: Facts) -> Step:
    """One that is there stays."""
    del facts
    return Step(effects=(PutTag(config.tag, on=True),), way="next")


NODE = Node(run, label="打标签")
