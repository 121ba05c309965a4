"""Give the owner something to do."""

from __future__ import annotations

from bot.crm.company.journey_steps import GiveTask
from bot.crm.journey_time import after, read_span
from bot.journeys.step import Facts, MakeTask, Node, Step


def run(config: GiveTask, facts: Facts) -> Step:
    """By the company's clock: it is a colleague who does it."""
    within = read_span(config.within)
    if within is None:  # the file was checked
        raise ValueError(config.within)
    due_at = after(within, facts.now, facts.working.zone, facts.working)
    return Step(effects=(MakeTask(config.task, due_at, config.urgent),), way="next")


NODE = Node(run, label="建任务")
