"""One condition over a lead: in a scoring rule, a routing rule, a branch, a segment.

In a file it is written short::

    {all: [{field: city, op: "=", value: 上海}, {not: {field: title, op: empty}},
           {event: pricing_page_viewed, times: ">=", value: 3, within_days: 30},
           {orders: amount, op: ">=", value: 50000, within_days: 365},
           {since: last_order_at, over_days: 30}]}

The meaning is two-valued on purpose, so that Python and SQL agree, also under `not`: a missing
value makes every comparison false; `!=` is the exact opposite of `=`, `not_in` of `in` and `filled`
of `empty`, so these three are true where the value is missing or, for `filled`, present.
An empty text is empty; so is a list of tags without a tag. Text is compared exactly, case included.

A window of N days holds what came after the same moment N days ago; `over_days: N` is that moment or
earlier. What never happened has no moment, so it is neither within nor over; it happened 0 times.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

FieldType: TypeAlias = Literal["text", "number", "money", "date", "datetime", "choice", "flag", "tags"]
Operator: TypeAlias = Literal["=", "!=", ">", ">=", "<", "<=", "in", "not_in", "contains", "empty", "filled"]
Constant: TypeAlias = bool | int | float | str
Order: TypeAlias = Literal["=", "!=", ">", ">=", "<", "<="]
WindowDays: TypeAlias = Annotated[int, Field(ge=1, le=3650)]
#: In place of an event: whatever a lead did.
ANY_EVENT = "any"

_ORDER: tuple[Operator, ...] = ("=", "!=", ">", ">=", "<", "<=", "in", "not_in", "empty", "filled")
#: What may be asked of each type. Tags are a set: `contains` one, `in` any of several.
OPERATORS: Mapping[FieldType, tuple[Operator, ...]] = {
    "text": ("=", "!=", "in", "not_in", "contains", "empty", "filled"),
    "choice": ("=", "!=", "in", "not_in", "empty", "filled"),
    "number": _ORDER,
    "money": _ORDER,
    "date": _ORDER,
    "datetime": (">", ">=", "<", "<=", "empty", "filled"),
    "flag": ("=", "!=", "empty", "filled"),
    "tags": ("contains", "in", "not_in", "empty", "filled"),
}
#: Operators that take no value, and those that take a list.
UNARY: frozenset[Operator] = frozenset({"empty", "filled"})
LISTED: frozenset[Operator] = frozenset({"in", "not_in"})

#: Of one tree. Enough for anything a person can read; a bound for generated code and SQL.
MAX_DEPTH = 16
MAX_COMPARISONS = 500


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """What conditions know of a field: its name for programs and for people, its type, its column."""

    key: str
    label: str
    type: FieldType
    #: A column of the lead, or `custom.<key>` for a key in its JSON of custom fields.
    column: str
    #: Empty: any value may occur.
    choices: tuple[str, ...] = ()


FieldRegistry: TypeAlias = Mapping[str, FieldSpec]


class Fields(dict[str, FieldSpec]):
    """A registry that also knows the behaviour that may be counted: key and Chinese name."""

    def __init__(self, fields: Mapping[str, FieldSpec], events: Mapping[str, str]) -> None:
        super().__init__(fields)
        self.events = events


def events_of(fields: FieldRegistry) -> Mapping[str, str]:
    """The behaviour that a registry knows; none in a plain one."""
    return fields.events if isinstance(fields, Fields) else {}


@dataclass(frozen=True, slots=True)
class Measured:
    """A number that is worked out of what a lead did or bought; facts have it under this very key."""

    what: Literal["times", "count", "amount"]
    events: tuple[str, ...]
    #: The object of the behaviour, or the product that was bought; empty: any.
    of: str
    within_days: int | None


class _Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Compare(_Node):
    """One field against a constant, a list of constants, or nothing (`empty`, `filled`)."""

    field: str
    op: Operator
    value: Constant | tuple[Constant, ...] | None = None


class Happened(_Node):
    """How often a lead did something; written alone: at least once."""

    event: str | tuple[str, ...]
    times: Order = ">="
    value: int = Field(default=1, ge=0, le=1_000_000)
    within_days: WindowDays | None = None
    #: Which page, mail or file; any, if it is not said.
    object: str | None = Field(default=None, min_length=1)

    @property
    def events(self) -> tuple[str, ...]:
        """Whose times are added up."""
        return self.event if isinstance(self.event, tuple) else (self.event,)

    @property
    def measured(self) -> Measured:
        """What is compared."""
        return Measured("times", self.events, self.object or "", self.within_days)


class Bought(_Node):
    """How many purchases a lead made, or what they came to: orders, and opportunities that were won."""

    orders: Literal["count", "amount"]
    op: Order = ">="
    value: int | float | str
    within_days: WindowDays | None = None
    product: str | None = Field(default=None, min_length=1)

    @property
    def measured(self) -> Measured:
        """What is compared."""
        return Measured(self.orders, (), self.product or "", self.within_days)


class Elapsed(_Node):
    """How long ago a moment was: fewer than so many days, or as many and more."""

    since: str
    within_days: WindowDays | None = None
    over_days: WindowDays | None = None

    @property
    def days(self) -> int:
        """Of the span."""
        return self.within_days or self.over_days or 0


class All(_Node):
    """True if every part is."""

    all: tuple[Condition, ...] = Field(min_length=1)


class AnyOf(_Node):
    """True if at least one part is."""

    any: tuple[Condition, ...] = Field(min_length=1)


class Not(_Node):
    """True if the part is not."""

    model_config = ConfigDict(validate_by_name=True, validate_by_alias=True, serialize_by_alias=True)

    part: Condition = Field(alias="not")


#: What stands at the end of every branch.
Leaf: TypeAlias = Compare | Happened | Bought | Elapsed
_LEAVES: tuple[tuple[str, str, type[_Node]], ...] = (
    ("event", "<event>", Happened),
    ("orders", "<orders>", Bought),
    ("since", "<since>", Elapsed),
)


def _kind(node: Any) -> str:  # noqa: ANN401 - whatever the file holds
    """Which node a mapping is, by its keys; anything else is taken for a comparison and fails there."""
    for key, tag, model in (("all", "<all>", All), ("any", "<any>", AnyOf), ("not", "<not>", Not)):
        if isinstance(node, model) or (isinstance(node, Mapping) and (key in node)):
            return tag
    for leaf_key, leaf_tag, leaf in _LEAVES:
        if isinstance(node, leaf) or (isinstance(node, Mapping) and leaf_key in node and "field" not in node):
            return leaf_tag
    return "<compare>"


Condition: TypeAlias = Annotated[
    Annotated[Compare, Tag("<compare>")]
    | Annotated[Happened, Tag("<event>")]
    | Annotated[Bought, Tag("<orders>")]
    | Annotated[Elapsed, Tag("<since>")]
    | Annotated[All, Tag("<all>")]
    | Annotated[AnyOf, Tag("<any>")]
    | Annotated[Not, Tag("<not>")],
    Discriminator(_kind),
]
for _model in (All, AnyOf, Not):
    _model.model_rebuild()


def parts(node: Condition) -> tuple[Condition, ...]:
    """The nodes right under this one; none under a comparison."""
    match node:
        case All():
            return node.all
        case AnyOf():
            return node.any
        case Not():
            return (node.part,)
        case _:
            return ()


def leaves(node: Condition) -> Iterator[Leaf]:
    """Every question that the tree asks, left to right."""
    if isinstance(node, All | AnyOf | Not):
        for part in parts(node):
            yield from leaves(part)
    else:
        yield node


def comparisons(node: Condition) -> Iterator[Compare]:
    """Every comparison of a field in the tree, left to right."""
    return (leaf for leaf in leaves(node) if isinstance(leaf, Compare))


def field_keys(nodes: Iterable[Condition]) -> frozenset[str]:
    """The fields these trees look at."""
    found = [leaf for node in nodes for leaf in leaves(node)]
    return frozenset(
        leaf.field if isinstance(leaf, Compare) else leaf.since
        for leaf in found
        if isinstance(leaf, Compare | Elapsed)
    )


def measured(nodes: Iterable[Condition]) -> frozenset[Measured]:
    """The numbers that these trees want worked out."""
    return frozenset(
        leaf.measured for node in nodes for leaf in leaves(node) if isinstance(leaf, Happened | Bought)
    )


def asks_time(node: Condition) -> bool:
    """Whether its answer can change by time alone."""
    return any(isinstance(leaf, Elapsed) or _window(leaf) for leaf in leaves(node))


def _window(leaf: Leaf) -> bool:
    return isinstance(leaf, Happened | Bought) and leaf.within_days is not None
