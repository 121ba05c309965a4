"""Texts with places to fill, in Liquid, with every limit on: what a template needs, and what comes out.

Whoever writes one is a marketer, not a programmer: no files, no clock, no counters, and no way to
keep the process busy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar

from liquid import BoundTemplate, Environment, Mode, Node
from liquid.builtin.expressions.primitive import Blank, Empty
from liquid.builtin.output import Output, OutputNode
from liquid.context import RenderContext
from liquid.exceptions import LiquidError, UndefinedError
from liquid.stringify import to_liquid_string
from liquid.undefined import FalsyStrictUndefined

from bot.crm import template_texts
from bot.crm.template_limits import limited, one_text

_TAGS = frozenset(
    (
        "#",
        "assign",
        "break",
        "case",
        "comment",
        "content",
        "continue",
        "for",
        "if",
        "illegal",
        "output",
        "unless",
    )
)
#: Filters that read the clock, undo escaping, or only make riddles.
_NO_FILTERS = frozenset(
    (
        *("date", "safe", "escape", "escape_once", "escapejs", "newline_to_br", "strip_html"),
        *("base64_decode", "base64_encode", "base64_url_safe_decode", "base64_url_safe_encode"),
        *("url_decode", "map", "where", "reject", "find", "find_index", "has", "sum", "concat"),
    )
)
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


class TemplateError(ValueError):
    """It cannot be read; line and column count from 1, inside the text."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Needed:
    """A field or a filter that a text names, and on which of its lines."""

    name: str
    line: int


@dataclass(frozen=True, slots=True)
class Missing:
    """The text cannot be filled: this field has no value, and no `default` stands in."""

    field: str


class _Absent(FalsyStrictUndefined):
    """A value that is not there: `if` and `default` may ask, nobody may print it."""

    force_liquid_default = True
    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        return other is None or other is False or isinstance(other, (Blank, Empty, _Absent))

    __hash__ = FalsyStrictUndefined.__hash__


class _Plain(Environment):
    block_nesting_limit: ClassVar[int] = 8
    context_depth_limit: ClassVar[int] = 12
    loop_iteration_limit: ClassVar[int | None] = 1_000
    local_namespace_limit: ClassVar[int | None] = 20_000
    output_stream_limit: ClassVar[int | None] = 60_000

    def __init__(self) -> None:
        super().__init__(undefined=_Absent, strict_filters=True, tolerance=Mode.STRICT)
        self.tags = {name: tag for name, tag in self.tags.items() if name in _TAGS}
        self.filters = {
            name: limited(name, one) for name, one in self.filters.items() if name not in _NO_FILTERS
        }


class _EscapedNode(OutputNode):
    def render_to_output(self, context: RenderContext, buffer: object) -> int:
        """Write the value as words, whatever signs of Markdown are in it."""
        said = to_liquid_string(self.expression.evaluate(context), autoescape=False)
        return int(buffer.write(escaped(said)))  # type: ignore[attr-defined]  # the library's own stream


class _EscapedOutput(Output):
    node_class = _EscapedNode


class _Markdown(_Plain):
    def __init__(self) -> None:
        super().__init__()
        self.add_tag(_EscapedOutput)


_PLAIN, _MARKDOWN = _Plain(), _Markdown()


def escaped(value: str) -> str:
    """Spell a value so that Markdown takes each sign of it as it stands."""
    return "".join(f"\\{sign}" if sign in _PUNCTUATION else sign for sign in " ".join(value.split()))


def needed(source: str) -> Iterator[Needed]:
    """Fields that the text names, as `lead.name`; TemplateError if it cannot be read."""
    template = _parsed(source, is_markdown=False)
    for variables in template.analyze().globals.values():
        for one in variables:
            yield Needed(".".join(map(str, one.segments)), _line(source, one.span.index))


def unknown_filters(source: str) -> Iterator[Needed]:
    """Filters that the text names and there are none of."""
    for name, spans in _parsed(source, is_markdown=False).analyze().filters.items():
        if name not in _PLAIN.filters:
            yield Needed(name, _line(source, spans[0].index))


def nodes(source: str) -> Sequence[Node]:
    """The parts of a text one after another; TemplateError if it cannot be read."""
    return _parsed(source, is_markdown=False).nodes


def filters() -> tuple[str, ...]:
    """Every filter that may be used."""
    return tuple(sorted(_PLAIN.filters))


def fill(source: str, facts: Mapping[str, object], *, is_markdown: bool = False) -> str | Missing:
    """Fill the places; Missing names the first field that a text needs and there is none of.

    In Markdown what is filled in is words alone, never markup.
    """
    parsed = _parsed(source, is_markdown=is_markdown)
    try:
        with one_text():
            return parsed.render(**facts)
    except UndefinedError as exc:
        return Missing(str(exc.args[0]).removesuffix(" is undefined").strip("'"))
    except (LiquidError, ArithmeticError, ValueError) as exc:
        # A limit, or a value with which nothing can be done: as useless as a missing field.
        return Missing(type(exc).__name__)


@lru_cache(maxsize=1024)
def _parsed(source: str, *, is_markdown: bool) -> BoundTemplate:
    try:
        return (_MARKDOWN if is_markdown else _PLAIN).from_string(source)
    except LiquidError as exc:
        at = exc.token.start_index if exc.token is not None else 0
        raise TemplateError(template_texts.said(str(exc)), _line(source, at)) from exc


def _line(source: str, index: int) -> int:
    return source.count("\n", 0, max(index, 0)) + 1
