"""Ask how satisfied he is: a message about what he bought, with the question in it."""

from __future__ import annotations

from bot.crm.company.journey_steps import Survey
from bot.crm.journey_time import after, read_span
from bot.crm.touching import Purpose
from bot.journeys.step import Facts, Node, Say, Step


def run(config: Survey, facts: Facts) -> Step:
    """Ask for it; his answer comes back as behaviour."""
    late = read_span(config.late)
    not_after = None if late is None else after(late, facts.due, facts.zone, facts.working)
    said = Say(
        content=config.survey, purpose=Purpose.TRANSACTIONAL, channels=config.channels, not_after=not_after
    )
    return Step(effects=(said,), way="next")


NODE = Node(run, label="问卷")
