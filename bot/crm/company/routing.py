"""config/routing.yaml: to whom a lead goes; the first rule that fits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Discriminator, Field, Tag

from bot.crm.company.words import Key, Label, UserId
from bot.crm.condition import Condition
from bot.kit.yaml_model import Strict


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


def _kind(target: Any) -> str:  # noqa: ANN401 - whatever the file holds
    keys = target if isinstance(target, Mapping) else type(target).model_fields
    return next((tag for key, tag in _TAGS.items() if key in keys), "<pool>")


_TAGS = {"region_pool": "<region_pool>", "owner": "<owner>", "round_robin": "<members>"}
Target: TypeAlias = Annotated[
    Annotated[ToPool, Tag("<pool>")]
    | Annotated[ToRegionPool, Tag("<region_pool>")]
    | Annotated[ToOwner, Tag("<owner>")]
    | Annotated[ToMembers, Tag("<members>")],
    Discriminator(_kind),
]


class RoutingRule(Strict):
    """One rule; without `when` it fits every lead."""

    name: Label
    when: Condition | None = None
    to: Target


class Routing(Strict):
    """All rules in order, and the pool for what none of them fits."""

    rules: tuple[RoutingRule, ...] = ()
    otherwise: Key
