"""Fields of a lead as columns: its own, or keys of the document with the company's own fields.

What is in the document is text as `bot.intake.clean.values` spells it; text that is no number or
day counts as missing, as it does in Python. Moments there are compared to the millisecond.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Double, String, Text, func, literal, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import GenericFunction

from bot.crm.condition import FieldSpec
from bot.crm.condition_values import Value
from bot.store.tables.leads import leads

_CUSTOM = "custom."
#: Built-in fields that live in the document like the company's own.
_IN_DOCUMENT = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
_TRUE, _FALSE = ("true", "1", "yes", "on", "是"), ("false", "0", "no", "off", "否")


class _Key(GenericFunction[str]):
    """The text under a key of the document; NULL if it is not there."""

    type = Text()
    inherit_cache = True
    name = "leadbell_key"


class _Number(GenericFunction[float]):
    """Text as a number; NULL if it is none."""

    type = Double()
    inherit_cache = True
    name = "leadbell_number"


class _Day(GenericFunction[str]):
    """Text if it is a day, `2026-11-18`; such texts sort as days."""

    type = Text()
    inherit_cache = True
    name = "leadbell_day"


class _Moment(GenericFunction[str]):
    """Text as a moment in UTC that sorts, to the millisecond; NULL if it is none."""

    type = Text()
    inherit_cache = True
    name = "leadbell_moment"


class _Tag(GenericFunction[bool]):
    """Whether a list in the document, or a single text there, has this word."""

    inherit_cache = True
    name = "leadbell_tag"


class _Within(GenericFunction[bool]):
    """Whether a text has another one in it, case included."""

    inherit_cache = True
    name = "leadbell_within"


def _args(element: Any, compiler: SQLCompiler, kw: Any) -> list[str]:  # noqa: ANN401 - SQLAlchemy's
    return [compiler.process(one, **kw) for one in element.clauses]


def _compiled(kind: type[Any], dialect: str, pattern: str) -> None:
    """Say how one database spells a function: `{0}` is its first argument."""

    @compiles(kind, dialect)
    def _spell(element: Any, compiler: SQLCompiler, **kw: Any) -> str:  # noqa: ANN401 - SQLAlchemy's
        return pattern.format(*_args(element, compiler, kw))


_compiled(_Key, "sqlite", "json_extract({0}, '$.\"' || {1} || '\"')")
_compiled(_Key, "postgresql", "(CAST({0} AS jsonb) ->> {1})")
_compiled(
    _Number,
    "sqlite",
    "CASE WHEN {0} GLOB '*[0-9]*' AND {0} NOT GLOB '*[^0-9.eE+-]*' THEN CAST({0} AS REAL) END",
)
_compiled(
    _Number,
    "postgresql",
    "CASE WHEN {0} ~ '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$'"
    " THEN CAST({0} AS double precision) END",
)
_DAYS = "[0-9][0-9][0-9][0-9]-[0-9][0-9]-[0-9][0-9]"
_compiled(_Day, "sqlite", f"CASE WHEN {{0}} GLOB '{_DAYS}' THEN {{0}} END")
_compiled(_Day, "postgresql", f"CASE WHEN {{0}} ~ '^{_DAYS}$' THEN CAST({{0}} AS text) COLLATE \"C\" END")
_compiled(
    _Moment,
    "sqlite",
    "strftime('%Y-%m-%dT%H:%M:%f', CASE WHEN length({0}) > 16"
    " AND (substr({0}, -1) = 'Z' OR substr({0}, -6, 1) IN ('+', '-')) THEN {0} END)",
)
_compiled(
    _Moment,
    "postgresql",
    f"to_char(CASE WHEN {{0}} ~ '^{_DAYS}[T ][0-9:.]+(Z|[+-][0-9][0-9]:[0-9][0-9])$'"
    " THEN CAST({0} AS timestamptz) END AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.MS') COLLATE \"C\"",
)
_compiled(
    _Tag,
    "sqlite",
    "EXISTS (SELECT 1 FROM json_each({0}, '$.\"' || {1} || '\"') AS each_tag WHERE each_tag.value = {2})",
)
_compiled(_Tag, "postgresql", "coalesce(jsonb_exists(CAST({0} AS jsonb) -> {1}, {2}), false)")
_compiled(_Within, "sqlite", "instr({0}, {1}) > 0")
_compiled(_Within, "postgresql", "strpos({0}, {1}) > 0")


def column(spec: FieldSpec) -> ColumnElement[Any]:
    """What is compared; ValueError for what is kept nowhere that the database could compare."""
    if not _is_custom(spec):
        if spec.column not in leads.c:
            msg = f"“{spec.label}”不能在数据库里比较"
            raise ValueError(msg)
        return leads.c[spec.column]
    found = _key(spec)
    match spec.type:
        case "number" | "money":
            return _Number(found)
        case "date":
            return _Day(found)
        case "datetime":
            return _Moment(found)
        case "flag":
            return func.lower(found)
        case _:
            return found


def bound(spec: FieldSpec, value: Value) -> Any:  # noqa: ANN401 - per type
    """A constant as the column spells it."""
    if spec.type == "flag":
        return "true" if value else "false"
    if isinstance(value, Decimal):
        value = float(value)
    if isinstance(value, int | float):
        return number(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        return value.isoformat()
    return value


def number(value: Value) -> ColumnElement[Any]:
    """A number as the driver must bind it: never as a small whole one, whatever it is compared with."""
    return literal(value, Double() if isinstance(value, float) else BigInteger())


def moment(spec: FieldSpec, at: ColumnElement[Any]) -> ColumnElement[Any]:
    """An instant as the column has it."""
    if not _is_custom(spec):
        return at
    return _Moment(_Spelled(at))


class _Spelled(GenericFunction[str]):
    """An instant as ISO text with its zone."""

    type = Text()
    inherit_cache = True
    name = "leadbell_spelled"


_compiled(_Spelled, "sqlite", "{0}")
_compiled(
    _Spelled,
    "postgresql",
    "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')",
)


def empty(spec: FieldSpec) -> ColumnElement[bool]:
    """Whether nothing is known of it."""
    if not _is_custom(spec):
        own = leads.c[spec.column]
        return or_(own.is_(None), own == "") if isinstance(own.type, String) else own.is_(None)
    found = _key(spec)
    if spec.type == "tags":
        return or_(found.is_(None), found.in_(["", "[]"]))
    read = column(spec)
    if spec.type == "flag":
        return or_(found.is_(None), read.not_in([*_TRUE, *_FALSE]))
    return or_(read.is_(None), read == "") if spec.type in ("text", "choice") else read.is_(None)


def contains(found: ColumnElement[Any], word: str) -> ColumnElement[bool]:
    """Whether a text has a word in it, case included."""
    return _Within(found, literal(word, Text))


def holds_tag(spec: FieldSpec, tag: str) -> ColumnElement[bool]:
    """Whether a list in the document has this word."""
    return _Tag(leads.c.custom, literal(_path(spec), Text), literal(tag, Text))


def _key(spec: FieldSpec) -> ColumnElement[str]:
    return _Key(leads.c.custom, literal(_path(spec), Text))


def _path(spec: FieldSpec) -> str:
    return spec.column.removeprefix(_CUSTOM)


def _is_custom(spec: FieldSpec) -> bool:
    return spec.column.startswith(_CUSTOM) or spec.column in _IN_DOCUMENT
