"""Give him a code that the texts after it may say."""

from __future__ import annotations

from bot.crm.company.journey_steps import Coupon
from bot.journeys.step import Facts, GiveCoupon, Node, Step


def run(config: Coupon, facts: Facts) -> Step:
    """One for each time he comes here."""
    del facts
    return Step(effects=(GiveCoupon(config.coupon),), way="next")


NODE = Node(run, label="发券")
