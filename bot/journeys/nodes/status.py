"""Close the lead, give it back, or say that it is being worked on."""

from __future__ import annotations

from bot.crm.company.journey_steps import SetStatus
from bot.journeys.step import Facts, Node, SetTo, Step


def run(config: SetStatus, facts: Facts) -> Step:
    """Whether it can be from where it stands, the rules of leads say."""
    del facts
    return Step(effects=(SetTo(config.status, config.reason),), way="next")


NODE = Node(run, label="改线索状态")
