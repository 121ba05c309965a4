"""Do the same again, so many times at the most, until something holds."""

from __future__ import annotations

from bot.crm.company.journey_steps import Loop
from bot.journeys.step import Facts, Node, Step


def run(config: Loop, facts: Facts) -> Step:
    """Looked at before each round; how often he came by here is the count."""
    is_done = facts.occurrence > config.times or (config.until is not None and facts.holds(config.until))
    return Step(way="done" if is_done else "again")


NODE = Node(run, conditions=lambda config: (config.until,) if config.until is not None else (), label="循环")
