"""Tell other systems that he came by here."""

from __future__ import annotations

from bot.crm.company.journey_steps import Webhook
from bot.journeys.step import CallOut, Facts, Node, Step


def run(config: Webhook, facts: Facts) -> Step:
    """Which systems those are, webhooks.yaml says."""
    del facts
    return Step(effects=(CallOut(config.webhook),), way="next")


NODE = Node(run, label="通知外部系统")
