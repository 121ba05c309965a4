"""What people ask of the card that learned from outcomes."""

from __future__ import annotations

from dataclasses import dataclass

from bot.kit.wire import wire


@wire("lead.chance")
@dataclass(frozen=True, slots=True)
class ShowChance:
    """How likely is this lead to be won, and why (成交可能 L7)?"""

    lead_id: str


@wire("chance.model")
@dataclass(frozen=True, slots=True)
class ShowChanceModel:
    """What was learned, from how many, and how well it does (预测模型)."""
