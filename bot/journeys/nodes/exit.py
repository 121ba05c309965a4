"""It ends here."""

from __future__ import annotations

from bot.crm.company.journey_steps import Exit
from bot.journeys.step import Facts, Node, Step


def run(config: Exit, facts: Facts) -> Step:
    """With its reason in the log."""
    del facts
    return Step(ends="exit", note=config.exit)


NODE = Node(run, label="结束")
