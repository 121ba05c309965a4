"""Put him into another journey as well."""

from __future__ import annotations

from bot.crm.company.journey_steps import EnterJourney
from bot.journeys.step import Facts, Join, Node, Step


def run(config: EnterJourney, facts: Facts) -> Step:
    """Its own rules say whether he enters."""
    del facts
    return Step(effects=(Join(config.enter, on=True),), way="next")


NODE = Node(run, label="进入旅程")
