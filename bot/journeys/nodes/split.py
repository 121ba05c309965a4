"""Part people by chance: the same person always goes the same way, whenever he comes and wherever it runs."""

from __future__ import annotations

from bot.crm.company.journey_steps import Split
from bot.journeys.step import Facts, Node, Step, chance

HOLD_OUT = "hold_out"
_WHOLE = 100


def run(config: Split, facts: Facts) -> Step:
    """By who he is and what the experiment is called; never by when, or by how often it is asked."""
    drawn = chance(facts.person, config.split) * _WHOLE
    edge: float = 0
    for arm in config.arms:
        edge += arm.percent
        if drawn < edge:
            return Step(way=arm.name)
    # Shares like 33.3 add up to a little less than the whole: that little is nobody's hold-out.
    return Step(way=HOLD_OUT if config.hold_out else config.arms[-1].name)


NODE = Node(run, label="分组", personal=True)
