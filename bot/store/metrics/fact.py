"""What is counted and from where: a table of facts, what it is cut by, and the sums that make a metric."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Date, FromClause, String, bindparam, case, cast, func

from bot.store.types import UTCDateTime

#: The moment of asking; «by now» and snapshots use it.
NOW = bindparam("now_at", type_=UTCDateTime())
#: The end of the period in which a lead without a follow-up goes stale.
STALE_AT = bindparam("stale_at", type_=UTCDateTime())
#: The stages in which, or after which, an offer lies with the customer.
QUOTING = bindparam("quoting", type_=String(), expanding=True)
#: The first instant of the period.
BEGINS_AT = bindparam("begins_at", type_=UTCDateTime())
#: The first instant after the period.
ENDS_AT = bindparam("ends_at", type_=UTCDateTime())
#: The same as local dates.
BEGINS_ON = bindparam("begins_on", type_=Date())
ENDS_ON = bindparam("ends_on", type_=Date())

Parts: TypeAlias = tuple[ColumnElement[Any], ...]
#: Makes the bucket of an instant when the question is cut by time; None when it is not.
Bucket: TypeAlias = Callable[[ColumnElement[Any]], ColumnElement[str]] | None


@dataclass(frozen=True, slots=True, eq=False)
class Join:
    """A table that a fact is joined to when something needs it; it may stand on an earlier one."""

    target: FromClause
    on: ColumnElement[bool]
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Dim:
    """A column to cut by, and the joins it stands on."""

    column: ColumnElement[Any]
    needs: tuple[str, ...] = ()
    #: Where a row may have several values: whether it has one of these, so that a filter counts it once.
    has: Callable[[Sequence[str]], ColumnElement[bool]] | None = None
    #: The joins that `has` stands on.
    has_needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Fact:
    """Rows of which each happened at one moment, or is so now."""

    source: FromClause
    #: When it happened, an instant or a local date; None for what is so now.
    at: ColumnElement[Any] | None
    keep: tuple[ColumnElement[bool], ...] = ()
    dims: Mapping[str, Dim]
    joins: Mapping[str, Join] = field(default_factory=dict)
    #: The lead's own fields, as JSON.
    custom: Dim | None = None
    #: The pool it lies in; whoever may not take from every pool sees his alone.
    pool: ColumnElement[Any] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Measure:
    """A metric's sums over a fact: one, or a top and a bottom that are added up before dividing."""

    fact: Fact
    parts: Parts
    #: Joins that the parts themselves stand on.
    needs: tuple[str, ...] = ()
    #: In place of `parts`, for sums that depend on how time is cut.
    cut: Callable[[Bucket], Parts] | None = None


def text_of(column: ColumnElement[Any]) -> ColumnElement[str]:
    """Something worked out, as plain text: SQLite joins by hashing only what it knows the kind of."""
    return cast(column, String)


def rows() -> ColumnElement[int]:
    """How many."""
    return func.count()


def distinct(column: ColumnElement[Any]) -> ColumnElement[int]:
    """How many different ones."""
    return func.count(column.distinct())


def total(column: ColumnElement[Any]) -> ColumnElement[int]:
    """The sum; nothing adds up to nought."""
    return func.coalesce(func.sum(column), 0)


def those(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """How many of the rows fulfil a condition."""
    return total(case((condition, 1), else_=0))
