"""Wait until he does something, but no longer than so long."""

from __future__ import annotations

from bot.crm.company.journey_steps import WaitFor
from bot.crm.journey_time import after, read_span
from bot.journeys.step import TIME, Facts, Node, Step


def run(config: WaitFor, facts: Facts) -> Step:
    """Stay until either comes; the way on says which."""
    if facts.woken:
        return Step(way="else" if facts.woken == TIME else "then")
    within = read_span(config.within)
    if within is None:  # the file was checked
        raise ValueError(config.within)
    return Step(until=after(within, facts.now, facts.zone, facts.working), awaits=True)


NODE = Node(run, label="等行为")
