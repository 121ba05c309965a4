"""Tell a colleague."""

from __future__ import annotations

from bot.crm.company.journey_steps import Notify
from bot.journeys.step import Facts, Node, Step, Tell


def run(config: Notify, facts: Facts) -> Step:
    """Whom that is, is found when it is said."""
    del facts
    return Step(effects=(Tell(config.notify, config.text),), way="next")


NODE = Node(run, label="通知同事")
