"""Conditions as SQL over `leads`, for both databases: for segments, and to score many leads at once.

The meaning is that of `bot.crm.condition`, two-valued. A comparison that meets NULL is NULL, which
WHERE and CASE take for false; only under a `not` that would show, so negations are pushed down to the
leaves and each negated leaf says what it means of a missing value. Positive leaves stay bare, so that
the databases can use their indexes.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, false, func, literal, not_, or_, true

from bot.crm.condition import (
    All,
    AnyOf,
    Bought,
    Compare,
    Condition,
    Elapsed,
    FieldRegistry,
    FieldSpec,
    Happened,
    Leaf,
    Not,
    leaves,
)
from bot.crm.condition_check import misfits
from bot.crm.condition_values import Value, constants, order_value
from bot.store import condition_columns as columns
from bot.store import condition_subqueries as sub
from bot.store.types import UTCDateTime

ORDERS: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_OPPOSITES = {"!=": "=", "not_in": "in", "filled": "empty"}
_SEALED = ("phone", "email", "message")
_BOUGHT_AT = ("first_order_at", "last_order_at")


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """A condition as an expression over `leads`, and the spans of days whose beginnings it wants."""

    where: ColumnElement[bool]
    spans: frozenset[int]

    def params(self, now: datetime) -> dict[str, datetime]:
        """What the expression must be given at this moment."""
        return begins(self.spans, now)

    @property
    def column(self) -> ColumnElement[int]:
        """1 or 0, never NULL."""
        return case((self.where, 1), else_=0)


def question(condition: Condition, fields: FieldRegistry) -> Question:
    """Say a condition in SQL; ValueError if it does not fit the fields, or asks what is sealed."""
    for _, message in misfits(condition, fields):
        raise ValueError(message)
    return Question(_Writer(fields).holds(condition), spans_of([condition]))


def begins(spans: Iterable[int], now: datetime) -> dict[str, datetime]:
    """The moment so many days ago, for each span."""
    return {_name(days): now - timedelta(days=days) for days in spans}


def begin(days: int) -> ColumnElement[datetime]:
    """The moment so many days ago, as a parameter that `begins` gives."""
    return bindparam(_name(days), type_=UTCDateTime)


def spans_of(conditions: Iterable[Condition]) -> frozenset[int]:
    """Every span of days that the conditions name."""
    return frozenset(days for one in conditions for leaf in leaves(one) if (days := _days(leaf)))


def _days(leaf: Leaf) -> int:
    if isinstance(leaf, Happened | Bought):
        return leaf.within_days or 0
    return leaf.days if isinstance(leaf, Elapsed) else 0


def _name(days: int) -> str:
    return f"begin_{days}"


class _Writer:
    """Writes expressions that hold, or that do not."""

    def __init__(self, fields: FieldRegistry) -> None:
        self._fields = fields

    def holds(self, node: Condition) -> ColumnElement[bool]:
        match node:
            case All():
                return and_(*map(self.holds, node.all))
            case AnyOf():
                return or_(*map(self.holds, node.any))
            case Not():
                return self.fails(node.part)
            case Compare(op="!=" | "not_in" | "filled"):
                return self.fails(_opposite(node))
            case _:
                return self._leaf(node)

    def fails(self, node: Condition) -> ColumnElement[bool]:
        match node:
            case All():
                return or_(*map(self.fails, node.all))
            case AnyOf():
                return and_(*map(self.fails, node.any))
            case Not():
                return self.holds(node.part)
            case Compare(op="!=" | "not_in" | "filled"):
                return self.holds(_opposite(node))
            case _:
                return not_(func.coalesce(self._leaf(node), false()))

    def _leaf(self, leaf: Leaf) -> ColumnElement[bool]:
        match leaf:
            case Happened():
                return _happened(leaf)
            case Bought():
                return _bought(leaf)
            case Elapsed():
                return self._elapsed(leaf)
            case _:
                spec = self._fields[leaf.field]
                return self._compare(leaf, spec, constants(spec, leaf))

    def _elapsed(self, leaf: Elapsed) -> ColumnElement[bool]:
        op = ">" if leaf.within_days is not None else "<="
        return self._moment(self._fields[leaf.since], op, begin(leaf.days))

    def _moment(self, spec: FieldSpec, op: str, at: ColumnElement[Any]) -> ColumnElement[bool]:
        if spec.key in _BOUGHT_AT:
            return _bought_at(op, at, is_last=spec.key == "last_order_at")
        return ORDERS[op](columns.column(spec), columns.moment(spec, at))

    def _compare(self, leaf: Compare, spec: FieldSpec, values: tuple[Value, ...]) -> ColumnElement[bool]:
        if spec.key in _SEALED and leaf.op != "empty":
            msg = f"“{spec.label}”加密保存，这里只能问 empty 或 filled"
            raise ValueError(msg)
        worked_out = _WORKED_OUT.get(spec.key)
        if worked_out is not None:
            return worked_out(leaf, values)
        if leaf.op == "empty":
            return not_(sub.has_bought()) if spec.key in _BOUGHT_AT else columns.empty(spec)
        if spec.type == "datetime":
            return self._moment(spec, leaf.op, literal(values[0], UTCDateTime))
        return _plain(leaf, spec, values)


def _plain(leaf: Compare, spec: FieldSpec, values: tuple[Value, ...]) -> ColumnElement[bool]:
    """Fields that are columns of leads, or keys of its document."""
    if spec.type == "tags":
        return or_(*(columns.holds_tag(spec, str(one)) for one in values))
    found, wanted = columns.column(spec), [columns.bound(spec, one) for one in values]
    if leaf.op == "in":
        return found.in_(wanted)
    if leaf.op == "contains":
        return columns.contains(found, str(values[0]))
    return ORDERS[leaf.op](found, wanted[0])


def _opposite(node: Compare) -> Compare:
    return node.model_copy(update={"op": _OPPOSITES[node.op]})


def _tagged(leaf: Compare, values: tuple[Value, ...]) -> ColumnElement[bool]:
    return not_(sub.has_tag(())) if leaf.op == "empty" else sub.has_tag(tuple(map(str, values)))


def _number(leaf: Compare, values: tuple[Value, ...], found: ColumnElement[Any]) -> ColumnElement[bool]:
    """A number that every lead has, if only 0; what can be asked by EXISTS is."""
    if leaf.op == "empty":
        return false()
    if leaf.op == "in":
        return found.in_([columns.number(one) for one in values]) if values else false()
    if not values:
        return false()
    said = (leaf.op, values[0])
    if leaf.field == "order_count" and said in _NONE:
        return not_(sub.has_bought())
    if leaf.field == "order_count" and said in _SOME:
        return sub.has_bought()
    return ORDERS[leaf.op](found, columns.number(values[0]))


_WORKED_OUT: Mapping[str, Callable[[Compare, tuple[Value, ...]], ColumnElement[bool]]] = {
    "tags": _tagged,
    "order_count": lambda leaf, values: _number(leaf, values, sub.purchases("count")),
    "order_amount": lambda leaf, values: _number(leaf, _cents(leaf.op, values), sub.purchases("amount")),
}
_NONE = (("=", 0), ("<", 1), ("<=", 0))
_SOME = ((">", 0), (">=", 1), ("!=", 0))


def _happened(leaf: Happened) -> ColumnElement[bool]:
    after = begin(leaf.within_days) if leaf.within_days else None
    said = (leaf.times, leaf.value)
    if said in _SOME:
        return sub.has_done(leaf.measured, after)
    if said in _NONE:
        return not_(sub.has_done(leaf.measured, after))
    return ORDERS[leaf.times](sub.times_done(leaf.measured, after), leaf.value)


def _bought(leaf: Bought) -> ColumnElement[bool]:
    after = begin(leaf.within_days) if leaf.within_days else None
    value = order_value(leaf)
    said = (leaf.op, value)
    if leaf.orders == "amount":
        cents = _cents(leaf.op, (value,))
        found = sub.purchases("amount", product=leaf.product or "", after=after)
        if not cents:
            return true() if leaf.op == "!=" else false()
        return ORDERS[leaf.op](found, columns.number(cents[0]))
    if said in _SOME:
        return sub.has_bought(product=leaf.product or "", after=after)
    if said in _NONE:
        return not_(sub.has_bought(product=leaf.product or "", after=after))
    found = sub.purchases("count", product=leaf.product or "", after=after)
    return ORDERS[leaf.op](found, columns.number(value))


def _bought_at(op: str, at: ColumnElement[Any], *, is_last: bool) -> ColumnElement[bool]:
    """The first or the last purchase before or after a moment; false if there was none."""
    if op in (">", ">="):
        later = sub.has_bought(when=(op, at))
        if is_last:
            return later
        return and_(sub.has_bought(), not_(sub.has_bought(when=("<=" if op == ">" else "<", at))))
    if not is_last:
        return sub.has_bought(when=(op, at))
    return and_(sub.has_bought(), not_(sub.has_bought(when=(">=" if op == "<" else ">", at))))


def _cents(op: str, values: tuple[Value, ...]) -> tuple[int, ...]:
    """Amounts as the database keeps them; what is finer than a cent equals nothing."""
    exact = [Decimal(value) * 100 for value in values if isinstance(value, Decimal | int)]
    if op in (">", ">=", "<", "<="):
        # Of whole cents: more than 0.5 is more than 0, and at least 0.5 is too.
        floor = [math.floor(one) for one in exact]
        return tuple(
            whole + (1 if op in (">=", "<") and whole != one else 0)
            for whole, one in zip(floor, exact, strict=True)
        )
    return tuple(int(one) for one in exact if one == one.to_integral_value())
