"""Take a tag away."""

from __future__ import annotations

from bot.crm.company.journey_steps import TakeTag
from bot.journeys.step import Facts, Node, PutTag, Step


def run(config: TakeTag, facts: Facts) -> Step:
    """One that is not there changes nothing."""
    del facts
    return Step(effects=(PutTag(config.untag, on=False),), way="next")


NODE = Node(run, label="去标签")
