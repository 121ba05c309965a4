"""Churn: of those who had been ordering, who has now been silent for too long."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import islice
from typing import Any

from sqlalchemy import BindParameter, Integer, bindparam, case, func, or_, select

from bot.crm.metrics.dimension import TIME_UNITS
from bot.crm.query import Period, Query
from bot.store.metrics.calendar import parts_of
from bot.store.metrics.fact import Fact, Measure, distinct
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
#: Days, weeks and so on of one question: each is counted from the orders anew.
MOST_PARTS = 100
_INSTANT, _MOMENT = timedelta(microseconds=1), UTCDateTime()
#: Orders of the time before the period: who is at risk.
_SINCE, _UNTIL = bindparam("risk_since", type_=_MOMENT), bindparam("risk_until", type_=_MOMENT)
#: Orders after which the silence would be complete within the period.
_LAST_SINCE, _LAST_UNTIL = bindparam("last_since", type_=_MOMENT), bindparam("last_until", type_=_MOMENT)
_SILENCE: BindParameter[int] = bindparam("silence", type_=Integer())

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
_SILENT = select(_NEXT.c.customer).where(
    _NEXT.c.at >= _LAST_SINCE,
    _NEXT.c.at < _LAST_UNTIL,
    or_(_NEXT.c.next_at.is_(None), Seconds(_NEXT.c.at, _NEXT.c.next_at) >= _SILENCE),
)
_AT_RISK = Measure(
    Fact(
        source=ORDERS,
        at=None,
        keep=(ORDERS.c.customer.is_not(None), ORDERS.c.at >= _SINCE, ORDERS.c.at < _UNTIL),
        dims=purchase_dims(ORDERS),
        joins=purchase_joins(ORDERS),
        custom=ROOT_CUSTOM,
    ),
    (distinct(case((ORDERS.c.customer.in_(_SILENT), ORDERS.c.customer))), distinct(ORDERS.c.customer)),
)


def is_too_fine(query: Query) -> bool:
    """Whether it is cut into more days, weeks and so on than are counted for one question."""
    if ID not in query.metrics or query.period is None:
        return False
    units = _UNITS & set(query.by)
    parts = (one for unit in units for one in parts_of(query.period, unit))
    return next(islice(parts, MOST_PARTS, None), None) is not None


async def churn(tx: Tx, permit: Permit, period: Period, *, now: datetime) -> dict[Key, Figure]:
    """By key; cut by time, each day, week and so on is a period of its own."""
    query = permit.query
    place = next((at for at, one in enumerate(query.by) if one in _UNITS), None)
    if place is None:
        return dict(await _one(tx, permit, query.by, period, now=now))
    others = (*query.by[:place], *query.by[place + 1 :])
    found: dict[Key, Figure] = {}
    for name, part in parts_of(period, query.by[place]):
        for key, figure in await _one(tx, permit, others, part, now=now):
            found[*key[:place], name, *key[place:]] = figure
    return found


async def _one(
    tx: Tx, permit: Permit, by: tuple[str, ...], period: Period, *, now: datetime
) -> Iterator[tuple[Key, Figure]]:
    zone, spans = permit.company.org.zone, permit.company.targets.churn
    begins, ends = begin_of(period.begins, zone), begin_of(period.ends, zone)
    silence = timedelta(days=spans.silent_days)
    asked = Slice(by=by, where=permit.query.where, period=None, zone=zone)
    rows = await tx.all(
        statement(_AT_RISK, asked),
        risk_since=begins - timedelta(days=spans.active_days),
        risk_until=begins,
        last_since=begins - silence,
        last_until=min(ends, now + _INSTANT) - silence,
        silence=silence // timedelta(seconds=1),
    )
    return (_figure(row, len(by)) for row in rows)


def _figure(row: Any, keys: int) -> tuple[Key, Figure]:  # noqa: ANN401 - a row
    gone, of = int(row[keys]), int(row[keys + 1])
    return tuple(str(one) for one in row[:keys]), Figure(Fraction(gone, of) if of else None, of)
