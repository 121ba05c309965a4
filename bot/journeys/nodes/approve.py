"""Ask somebody above, and go on by what he says."""

from __future__ import annotations

from bot.crm.company.journey_steps import Approve
from bot.crm.journey_time import after, read_span
from bot.journeys.step import TIME, AskApproval, EndApproval, Facts, Node, Step

APPROVED = "approved"


def run(config: Approve, facts: Facts) -> Step:
    """Stay until he has answered or the time is over; by the company's clock, for a colleague answers."""
    if facts.woken == TIME:
        return Step(way="timeout", effects=(EndApproval(),))
    if facts.woken:
        return Step(way="then" if facts.woken == APPROVED else "else")
    within = read_span(config.within)
    if within is None:  # the file was checked
        raise ValueError(config.within)
    until = after(within, facts.now, facts.working.zone, facts.working)
    asked = AskApproval(config.approve, config.by, until)
    return Step(until=until, awaits=True, effects=(asked,))


NODE = Node(run, label="请人审批")
