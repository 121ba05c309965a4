"""Churn: of those who had been ordering, who has now been silent for too long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import islice
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Integer, Select, and_, bindparam, case, func, or_, select

from bot.crm.metrics.dimension import TIME_UNITS
from bot.crm.query import Period, Query
from bot.store.metrics.calendar import parts_of
from bot.store.metrics.fact import Dim, Fact, Measure
from bot.store.metrics.guard import Permit
from bot.store.metrics.lead_joins import ROOT_CUSTOM
from bot.store.metrics.local_days import Seconds, begin_of
from bot.store.metrics.purchases import ORDERS, purchase_dims, purchase_joins
from bot.store.metrics.statement import Slice, statement
from bot.store.metrics.sums import Figure, Key
from bot.store.tx import Tx
from bot.store.types import UTCDateTime

ID = "churn_rate"
_UNITS = frozenset(unit.value for unit in TIME_UNITS)
#: Days, weeks and so on of one question: each is two more columns to be summed up.
MOST_PARTS = 100
_INSTANT, _MOMENT = timedelta(microseconds=1), UTCDateTime()
#: All orders that any part looks at: of people at risk, and those after which silence would be complete.
_SINCE, _UNTIL = bindparam("risk_since", type_=_MOMENT), bindparam("risk_until", type_=_MOMENT)
_LAST_SINCE, _LAST_UNTIL = bindparam("last_since", type_=_MOMENT), bindparam("last_until", type_=_MOMENT)
_SILENCE: BindParameter[int] = bindparam("silence", type_=Integer())
#: No dimension and no field of anybody's own is called so.
_CUSTOMER = "#customer"

_EACH = ORDERS.alias("each_order")
_NEXT = (
    select(
        _EACH.c.customer,
        _EACH.c.at,
        func.lead(_EACH.c.at, type_=_MOMENT)
        .over(partition_by=_EACH.c.customer, order_by=(_EACH.c.at, _EACH.c.id))
        .label("next_at"),
    )
    .where(_EACH.c.customer.is_not(None))
    .subquery("next_order")
)
_AT_RISK = Fact(
    source=ORDERS,
    at=None,
    keep=(ORDERS.c.customer.is_not(None), ORDERS.c.at >= _SINCE, ORDERS.c.at < _UNTIL),
    dims={**purchase_dims(ORDERS), _CUSTOMER: Dim(ORDERS.c.customer)},
    joins=purchase_joins(ORDERS),
    custom=ROOT_CUSTOM,
)


def _statement(asked: Slice, parts: int) -> Select[Any]:
    """One look at the orders for all parts: by key, how many of each part were lost, of how many at risk."""
    each = Measure(_AT_RISK, tuple(_any(_within(ORDERS.c.at, "risk", at)) for at in range(parts)))
    at_risk = statement(each, replace(asked, by=(*asked.by, _CUSTOMER))).subquery("at_risk")
    silent = (
        select(
            _NEXT.c.customer, *(_any(_within(_NEXT.c.at, "last", at)).label(f"s{at}") for at in range(parts))
        )
        .where(_NEXT.c.at >= _LAST_SINCE, _NEXT.c.at < _LAST_UNTIL)
        .where(or_(_NEXT.c.next_at.is_(None), Seconds(_NEXT.c.at, _NEXT.c.next_at) >= _SILENCE))
        .group_by(_NEXT.c.customer)
        .subquery("silent")
    )
    keys = [at_risk.c[f"k{at}"] for at in range(len(asked.by))]
    counts = [
        func.coalesce(func.sum(one), 0)
        for at in range(parts)
        for risk in (at_risk.c[f"p{at}"],)
        for one in (risk * func.coalesce(silent.c[f"s{at}"], 0), risk)
    ]
    of_one = at_risk.c[f"k{len(asked.by)}"] == silent.c.customer
    found = select(*keys, *counts).select_from(at_risk.outerjoin(silent, of_one))
    return found.group_by(*keys) if keys else found


def _within(at: ColumnElement[Any], of: str, part: int) -> ColumnElement[bool]:
    begins, ends = (bindparam(f"{of}_{edge}_{part}", type_=_MOMENT) for edge in ("since", "until"))
    return and_(at >= begins, at < ends)


def _any(found: ColumnElement[bool]) -> ColumnElement[int]:
    return func.max(case((found, 1), else_=0), type_=Integer())


def is_too_fine(query: Query) -> bool:
    """Whether it is cut into more days, weeks and so on than are counted for one question."""
    if ID not in query.metrics or query.period is None:
        return False
    units = _UNITS & set(query.by)
    parts = (one for unit in units for one in parts_of(query.period, unit))
    return next(islice(parts, MOST_PARTS, None), None) is not None


async def churn(tx: Tx, permit: Permit, period: Period, *, now: datetime) -> dict[Key, Figure]:
    """By key; cut by time, each day, week and so on is a period of its own."""
    query, zone = permit.query, permit.company.org.zone
    place = next((at for at, one in enumerate(query.by) if one in _UNITS), None)
    parts = [("", period)] if place is None else list(parts_of(period, query.by[place]))
    if not parts:
        return {}
    others = tuple(one for at, one in enumerate(query.by) if at != place)
    asked = Slice(by=others, where=query.where, period=None, zone=zone)
    rows = await tx.all(_statement(asked, len(parts)), **_moments(permit, [one for _, one in parts], now))
    found: dict[Key, Figure] = {}
    for row in rows:
        key = tuple(str(one) for one in row[: len(others)])
        for at, (name, _) in enumerate(parts):
            gone, of = (int(one) for one in row[len(key) + 2 * at : len(key) + 2 * at + 2])
            # Without a key there is a line even where nobody was at risk.
            if of or not others:
                whole = key if place is None else (*key[:place], name, *key[place:])
                found[whole] = Figure(Fraction(gone, of) if of else None, of)
    return found


def _moments(permit: Permit, parts: Sequence[Period], now: datetime) -> dict[str, Any]:
    """When somebody was at risk and when silence was complete, of each part and of all."""
    zone, spans = permit.company.org.zone, permit.company.targets.churn
    silence = timedelta(days=spans.silent_days)
    told: dict[str, Any] = {"silence": silence // timedelta(seconds=1)}
    for at, part in enumerate(parts):
        begins, ends = begin_of(part.begins, zone), begin_of(part.ends, zone)
        told |= {
            f"risk_since_{at}": begins - timedelta(days=spans.active_days), f"risk_until_{at}": begins,
            f"last_since_{at}": begins - silence,
            f"last_until_{at}": min(ends, now + _INSTANT) - silence,
        }  # fmt: skip
    for of in ("risk", "last"):
        told[f"{of}_since"] = told[f"{of}_since_0"]
        told[f"{of}_until"] = told[f"{of}_until_{len(parts) - 1}"]
    return told
