"""What a lead did, bought and is called, as subqueries beside its row in `leads`."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, case, exists, func, literal_column, or_, select

from bot.crm.condition import ANY_EVENT, Measured
from bot.store.tables.behaviour import behaviours
from bot.store.tables.imports import orders
from bot.store.tables.leads import leads
from bot.store.tables.sales import opportunities
from bot.store.tables.segments import lead_tags

_ONE: ColumnElement[Any] = literal_column("1")
_COMPARED: Mapping[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
When = tuple[str, ColumnElement[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class _Cut:
    """Which purchases are meant."""

    product: str = ""
    after: ColumnElement[Any] | None = None
    when: When | None = None

    def of(self, query: Select[Any], table: Any, at: Any) -> Select[Any]:  # noqa: ANN401 - a table, its column
        """Those of the query that are meant."""
        if self.product:
            query = query.where(table.c.product == self.product)
        if self.after is not None:
            query = query.where(at > self.after)
        if self.when is not None:
            query = query.where(_COMPARED[self.when[0]](at, self.when[1]))
        return query.correlate(leads)


def has_tag(tags: Sequence[str]) -> ColumnElement[bool]:
    """Whether it has one of the tags; of any, if none is named."""
    found = select(_ONE).where(lead_tags.c.lead_id == leads.c.id)
    if tags:
        found = found.where(lead_tags.c.tag == tags[0] if len(tags) == 1 else lead_tags.c.tag.in_(list(tags)))
    return exists(found.correlate(leads))


def has_done(what: Measured, after: ColumnElement[Any] | None) -> ColumnElement[bool]:
    """Whether it did this at all."""
    return exists(_done(select(_ONE), what, after))


def times_done(what: Measured, after: ColumnElement[Any] | None) -> ColumnElement[int]:
    """How often it did this."""
    return _done(select(func.count()), what, after).scalar_subquery()


def first_done(what: Measured, after: ColumnElement[Any]) -> ColumnElement[Any]:
    """When it did this first within a window: from there its end is reckoned."""
    return _done(select(func.min(behaviours.c.at)), what, after).scalar_subquery()


def _done(query: Select[Any], what: Measured, after: ColumnElement[Any] | None) -> Select[Any]:
    query = query.select_from(behaviours).where(behaviours.c.lead_id == leads.c.id)
    if ANY_EVENT not in what.events:
        listed = list(what.events)
        query = query.where(
            behaviours.c.event == listed[0] if len(listed) == 1 else behaviours.c.event.in_(listed)
        )
    if what.of:
        query = query.where(behaviours.c.object == what.of)
    if after is not None:
        query = query.where(behaviours.c.at > after)
    return query.correlate(leads)


def has_bought(
    *, product: str = "", after: ColumnElement[Any] | None = None, when: When | None = None
) -> ColumnElement[bool]:
    """Whether it ordered something or won opportunities came of it, itself or through its account."""
    cut = _Cut(product, after, when)
    # One small look each: a database stops at the first that finds something.
    looks = [
        made(select(_ONE), whose, cut)
        for made, table in ((_ordered, orders), (_won, opportunities))
        for whose in (table.c.lead_id == leads.c.id, table.c.account_id == leads.c.account_id)
    ]
    return or_(*map(exists, looks))


def purchases(what: str, *, product: str = "", after: ColumnElement[Any] | None = None) -> ColumnElement[Any]:
    """How many purchases, or what they came to in cents; 0 if there was none."""
    cut = _Cut(product, after)
    # The plain cents: the columns' type would make money of what is added up here.
    a, b = (
        func.count() if what == "count" else func.coalesce(func.sum(_cents(column)), 0)
        for column in (orders.c.amount, opportunities.c.amount)
    )
    ordered = _ordered(select(a), _of_both(orders), cut).scalar_subquery()
    won = _won(select(b), _of_both(opportunities), cut).scalar_subquery()
    return ordered + won


def moment(
    *, is_last: bool, product: str = "", after: ColumnElement[Any] | None = None
) -> ColumnElement[Any]:
    """When it bought first or last, if it did."""
    pick, cut = func.max if is_last else func.min, _Cut(product, after)
    a = _ordered(select(pick(orders.c.ordered_at)), _of_both(orders), cut).scalar_subquery()
    b = _won(select(pick(opportunities.c.closed_at)), _of_both(opportunities), cut).scalar_subquery()
    is_a = a >= b if is_last else a <= b
    return case((a.is_(None), b), (b.is_(None), a), (is_a, a), else_=b)


def _cents(column: Any) -> ColumnElement[int]:  # noqa: ANN401 - a column
    return literal_column(f"{column.table.name}.{column.name}")


def _of_both(table: Any) -> ColumnElement[bool]:  # noqa: ANN401 - a table
    return or_(table.c.lead_id == leads.c.id, table.c.account_id == leads.c.account_id)


def _ordered(query: Select[Any], whose: ColumnElement[bool], cut: _Cut) -> Select[Any]:
    return cut.of(query.select_from(orders).where(whose), orders, orders.c.ordered_at)


def _won(query: Select[Any], whose: ColumnElement[bool], cut: _Cut) -> Select[Any]:
    won = query.select_from(opportunities).where(whose, opportunities.c.won.is_(True))
    return cut.of(won, opportunities, opportunities.c.closed_at)
