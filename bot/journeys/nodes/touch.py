"""Say something to the customer: the planner decides whether, where and when."""

from __future__ import annotations

from bot.crm.company.journey_steps import Touch
from bot.crm.journey_time import after, read_span
from bot.journeys.step import Facts, Node, Say, Step


def run(config: Touch, facts: Facts) -> Step:
    """Ask for it; not later than so long after its time."""
    late = read_span(config.late)
    not_after = None if late is None else after(late, facts.due, facts.zone, facts.working)
    said = Say(
        content=config.touch, purpose=config.purpose, channels=config.channels,
        campaign=config.campaign or "", not_after=not_after,
    )  # fmt: skip
    return Step(effects=(said,), way="next")


NODE = Node(run, label="触达")
