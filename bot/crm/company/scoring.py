"""config/scoring.yaml: points, the two lines, and the tiers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from bot.crm.company.words import Key, Label, Text
from bot.crm.condition import Condition
from bot.kit.yaml_model import FaultAtError, Strict

Points: TypeAlias = Annotated[int, Field(ge=-1000, le=1000)]
#: How often an event gives its points: once for ever, once for each thing (mail, file, form),
#: once a day for each thing, or every time.
Counts: TypeAlias = Literal["once", "each_object", "daily", "every_time"]


class ScoringRule(Strict):
    """Points for what a lead is (`when`), for what it did (`event`), or for an event of such a lead."""

    id: Key
    #: Said to reps word for word, so short and without jargon.
    reason: Label
    points: Points
    when: Condition | None = None
    event: Key | None = None
    counts: Counts = "each_object"

    @model_validator(mode="after")
    def _about_something(self) -> ScoringRule:
        if self.when is None and self.event is None:
            msg = "加分规则至少要写 when（字段条件）或 event（行为）之一"
            raise ValueError(msg)
        if self.event is None and "counts" in self.model_fields_set:
            msg = "counts 只用于行为（event）加分"
            raise FaultAtError(("counts",), msg)
        if self.points == 0:
            msg = "分数不能是 0"
            raise FaultAtError(("points",), msg)
        return self


class Tier(Strict):
    """A band of the score."""

    key: Key
    label: Label
    at_least: Points
    #: What sales should do with it, one line on the card.
    advice: Text


class Scoring(Strict):
    """How warm a lead is, and from where on whose it is."""

    marketing_qualified_at: Points
    sales_qualified_at: Points
    #: From the highest band to the lowest.
    tiers: tuple[Tier, ...] = Field(min_length=1)
    #: Behaviour that can give points, with its Chinese name.
    events: Mapping[Key, Label]
    rules: tuple[ScoringRule, ...]

    @model_validator(mode="after")
    def _ordered(self) -> Scoring:
        if self.marketing_qualified_at > self.sales_qualified_at:
            msg = "marketing_qualified_at（MQL 线）不能高于 sales_qualified_at（SQL 线）"
            raise FaultAtError(("marketing_qualified_at",), msg)
        borders = [tier.at_least for tier in self.tiers]
        if borders != sorted(set(borders), reverse=True):
            msg = "tiers 要从高分到低分排列，分数线不能相同"
            raise FaultAtError(("tiers",), msg)
        return self
