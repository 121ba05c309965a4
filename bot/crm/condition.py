"""One condition over the fields of a lead: in a scoring rule, a routing rule, a branch, a segment.

In a file it is written short::

    {all: [{field: city, op: "=", value: 上海}, {not: {field: title, op: empty}}]}

The meaning is two-valued on purpose, so that Python and SQL agree, also under `not`: a missing
value makes every comparison false; `!=` is the exact opposite of `=`, `not_in` of `in` and `filled`
of `empty`, so these three are true where the value is missing or, for `filled`, present.
An empty text is empty; so is a list of tags without a tag. Text is compared exactly, case included.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

FieldType: TypeAlias = Literal["text", "number", "money", "date", "datetime", "choice", "flag", "tags"]
Operator: TypeAlias = Literal["=", "!=", ">", ">=", "<", "<=", "in", "not_in", "contains", "empty", "filled"]
Constant: TypeAlias = bool | int | float | str

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


class _Node(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, allow_inf_nan=False)


class Compare(_Node):
    """One field against a constant, a list of constants, or nothing (`empty`, `filled`)."""

    field: str
    op: Operator
    value: Constant | tuple[Constant, ...] | None = None


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


def _kind(node: Any) -> str:  # noqa: ANN401 - whatever the file holds
    """Which node a mapping is, by its keys; anything else is taken for a comparison and fails there."""
    for key, tag, model in (("all", "<all>", All), ("any", "<any>", AnyOf), ("not", "<not>", Not)):
        if isinstance(node, model) or (isinstance(node, Mapping) and (key in node)):
            return tag
    return "<compare>"


Condition: TypeAlias = Annotated[
    Annotated[Compare, Tag("<compare>")]
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


def comparisons(node: Condition) -> Iterator[Compare]:
    """Every comparison in the tree, left to right."""
    if isinstance(node, Compare):
        yield node
    for part in parts(node):
        yield from comparisons(part)


def field_keys(nodes: Sequence[Condition]) -> frozenset[str]:
    """The fields these trees look at."""
    return frozenset(found.field for node in nodes for found in comparisons(node))
