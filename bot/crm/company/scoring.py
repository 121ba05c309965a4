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


class Group(Strict):
    """Rules of one sort, weighed together."""

    key: Key
    label: Label
    #: Per cent of what its rules say.
    weight: Annotated[int, Field(ge=1, le=1000)] = 100
    #: More than this they do not add, however many of them hold.
    most: Annotated[int, Field(ge=1, le=10_000)] | None = None


class Decay(Strict):
    """Points for what was done fade: by half in so many days, or wholly after so many."""

    half_life_days: Annotated[int, Field(ge=1, le=3650)] | None = None
    after_days: Annotated[int, Field(ge=1, le=3650)] | None = None

    @model_validator(mode="after")
    def _one(self) -> Decay:
        if (self.half_life_days is None) == (self.after_days is None):
            msg = "half_life_days（减半）和 after_days（到期清零）要写一个，也只能写一个"
            raise ValueError(msg)
        return self


class ScoringRule(Strict):
    """Points or tags for what a lead is (`when`), what it did (`event`), or an event of such a lead."""

    id: Key
    #: Said to reps word for word, so short and without jargon.
    reason: Label
    #: Left out by a rule that only sets tags.
    points: Points | None = None
    when: Condition | None = None
    event: Key | None = None
    counts: Counts = "each_object"
    group: Key | None = None
    decay: Decay | None = None
    #: Rests: gives nothing more; what it gave stays.
    paused: bool = False
    tag: Label | tuple[Label, ...] = ()
    untag: Label | tuple[Label, ...] = ()

    @property
    def tags_given(self) -> tuple[str, ...]:
        """Tags that it puts on."""
        return (self.tag,) if isinstance(self.tag, str) else self.tag

    @property
    def tags_taken(self) -> tuple[str, ...]:
        """Tags that it takes away."""
        return (self.untag,) if isinstance(self.untag, str) else self.untag

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
        if self.points is None and not (self.tags_given or self.tags_taken):
            msg = "规则要写 points（加减分）、tag（打标签）或 untag（去标签）"
            raise ValueError(msg)
        if self.decay is not None and (self.event is None or self.points is None):
            msg = "decay 只用于行为（event）的分数：属性变了分数自己会变"
            raise FaultAtError(("decay",), msg)
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
    groups: tuple[Group, ...] = ()
    rules: tuple[ScoringRule, ...]
    #: A lead that sales sent back is handed over again once it has earned so many points more.
    again_after: Annotated[int, Field(ge=1, le=1000)] = 20

    def points_of(self, rule: ScoringRule) -> int:
        """What a rule gives, by the weight of its group; half a point up."""
        group = self.group(rule.group)
        weight = group.weight if group else 100
        return ((rule.points or 0) * weight * 2 + 100) // 200

    def group(self, key: str | None) -> Group | None:
        """The group under this key."""
        return next((one for one in self.groups if one.key == key), None)

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
