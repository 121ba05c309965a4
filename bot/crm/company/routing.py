"""config/routing.yaml: to whom a lead goes; the first rule that fits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag, model_validator

from bot.crm.company.words import Key, Label, Several, UserId
from bot.crm.condition import Condition
from bot.kit.yaml_model import FaultAtError, Strict

#: When a rule is asked at all: always, while people are at work, or while they are not.
During: TypeAlias = Literal["always", "working", "closed"]
_Share: TypeAlias = Annotated[int, Field(ge=1, le=100)]


class ToPool(Strict):
    """Into this pool, for the first tap."""

    pool: Key


class ToRegionPool(Strict):
    """Into the pool of the lead's region; the rule does not fit a lead whose region is unknown."""

    region_pool: Literal[True]


class ToOwner(Strict):
    """Straight to this person."""

    owner: UserId


class ToMembers(Strict):
    """In turn to these people."""

    round_robin: tuple[UserId, ...] = Field(min_length=1)


class ToWeighted(Strict):
    """In turn by shares: with 2 and 1 every third lead is the second one's."""

    weighted: Mapping[UserId, _Share] = Field(min_length=1)


class ToLeastBusy(Strict):
    """To whoever of these people holds the fewest leads; among equals in turn."""

    least_busy: tuple[UserId, ...] = Field(min_length=1)


class Sticky(Strict):
    """For a while the same rep goes on: of one company, or of one source."""

    same: Literal["company", "source"]
    days: Several | None = None
    hours: Several | None = None

    @model_validator(mode="after")
    def _one_span(self) -> Sticky:
        if (self.days is None) == (self.hours is None):
            msg = "days 和 hours 写且只写一个"
            raise FaultAtError(("same",), msg)
        return self

    @property
    def span(self) -> timedelta:
        """How long, on the clock."""
        return timedelta(days=self.days or 0, hours=self.hours or 0)


def _kind(target: Any) -> str:  # noqa: ANN401 - whatever the file holds
    keys = target if isinstance(target, Mapping) else type(target).model_fields
    return next((tag for key, tag in _TAGS.items() if key in keys), "<pool>")


_TAGS = {
    "region_pool": "<region_pool>",
    "owner": "<owner>",
    "round_robin": "<members>",
    "weighted": "<weighted>",
    "least_busy": "<least_busy>",
}
Target: TypeAlias = Annotated[
    Annotated[ToPool, Tag("<pool>")]
    | Annotated[ToRegionPool, Tag("<region_pool>")]
    | Annotated[ToOwner, Tag("<owner>")]
    | Annotated[ToMembers, Tag("<members>")]
    | Annotated[ToWeighted, Tag("<weighted>")]
    | Annotated[ToLeastBusy, Tag("<least_busy>")],
    Discriminator(_kind),
]


class RoutingRule(Strict):
    """One rule; without `when` it fits every lead."""

    name: Label
    when: Condition | None = None
    during: During = "always"
    #: Rests: passed over.
    paused: bool = False
    #: Asked before `to`.
    sticky: Sticky | None = None
    to: Target


class Routing(Strict):
    """All rules in order, and the pool for what none of them fits."""

    rules: tuple[RoutingRule, ...] = ()
    otherwise: Key


def members_of(target: Target) -> tuple[str, ...]:
    """Everybody whom a target names, in order."""
    match target:
        case ToOwner(owner=owner):
            return (owner,)
        case ToMembers(round_robin=members) | ToLeastBusy(least_busy=members):
            return members
        case ToWeighted(weighted=shares):
            return tuple(shares)
        case _:
            return ()
