"""Texts that are words and places alone: which fields they need is known without writing them out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.expressions.primitive import StringLiteral
from liquid.builtin.output import OutputNode

from bot.crm import template

#: Above these a limit of the template could be met: such a text is written out to know.
_LONGEST, _MOST = 20_000, 20
#: Liquid answers these itself, whatever the fields are.
_LIQUIDS_OWN = frozenset(("size", "first", "last"))
_SEGMENTS = 2


@dataclass(frozen=True, slots=True)
class Place:
    """A field that stands in a text."""

    of: str
    field: str
    #: Something else stands there if it is empty.
    has_default: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """All places of a text, and whether there are words around them."""

    places: tuple[Place, ...]
    has_words: bool


@lru_cache(maxsize=1024)
def shape(source: str) -> Shape | None:
    """What a text is made of; None if it is more than words and places (a condition, another filter)."""
    if len(source.encode()) > _LONGEST:
        return None
    places, has_words = [], False
    for node in template.nodes(source):
        if isinstance(node, ContentNode):
            has_words = has_words or not node.blank
            continue
        place = _place(node.expression) if type(node) is OutputNode else None
        if place is None:
            return None
        places.append(place)
    return Shape(tuple(places), has_words) if len(places) <= _MOST else None


def _place(said: object) -> Place | None:
    if not isinstance(said, FilteredExpression) or not isinstance(said.left, Path):
        return None
    path = said.left.path
    if len(path) != _SEGMENTS or not all(isinstance(one, str) for one in path) or path[1] in _LIQUIDS_OWN:
        return None
    filters = said.filters or []
    if filters and not (len(filters) == 1 and _is_default(filters[0].name, filters[0].args)):
        return None
    return Place(str(path[0]), str(path[1]), bool(filters))


def _is_default(name: str, args: Sequence[object]) -> bool:
    """Whether it is `default` with words of its own."""
    return name == "default" and len(args) == 1 and isinstance(getattr(args[0], "value", None), StringLiteral)
