"""Go on after a span, or at a time of the week, by his own clock."""

from __future__ import annotations

from bot.crm.company.journey_steps import Wait
from bot.crm.journey_time import after, reach, read_moment, read_span
from bot.journeys.step import TIME, Facts, Node, Step


def run(config: Wait, facts: Facts) -> Step:
    """Stay until then; whoever was woken by time goes on, nobody else."""
    if facts.woken == TIME:
        return Step(way="next")
    moment, span = read_moment(config.wait), read_span(config.wait)
    if moment is not None:
        return Step(until=reach(moment, facts.now, facts.zone, facts.working))
    if span is None:  # the file was checked
        raise ValueError(config.wait)
    return Step(until=after(span, facts.now, facts.zone, facts.working))


NODE = Node(run, label="等待")
