"""Whose date falls on certain days: of a contract's end, a birthday, the day he came."""

from __future__ import annotations

from calendar import isleap
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, func, literal, or_, select

from bot.crm.condition import FieldSpec
from bot.store import condition_columns as columns
from bot.store.desk import Desk
from bot.store.tables.leads import leads
from bot.store.types import UTCDateTime

#: Years back that somebody's date may lie.
_YEARS = 60


async def on_days(
    desk: Desk, spec: FieldSpec, days: Sequence[date], *, yearly: bool, after: str, most: int
) -> list[str]:
    """Leads behind this one whose date is one of these days, or was in some year."""
    found: ColumnElement[Any] = columns.column(spec)
    where = (
        _moments(desk, spec, found, days, yearly=yearly)
        if spec.type == "datetime"
        else _days(found, days, yearly=yearly)
    )
    query = (
        select(leads.c.id)
        .where(leads.c.id > bindparam("after"), leads.c.merged_into.is_(None), where)
        .order_by(leads.c.id)
        .limit(most)
    )
    return [row.id for row in await desk.tx.all(query, after=after)]


def _days(found: ColumnElement[Any], days: Sequence[date], *, yearly: bool) -> ColumnElement[bool]:
    """Days are text that sorts, `2026-11-18`."""
    if not yearly:
        return found.in_([day.isoformat() for day in days])
    ends = {day.strftime("%m-%d") for day in days}
    begun = max(days).isoformat()
    # What falls on the day itself is its first time, not yet a year after.
    return and_(func.substr(found, 6, 5).in_(sorted(ends)), found < begun)


def _moments(
    desk: Desk, spec: FieldSpec, found: ColumnElement[Any], days: Sequence[date], *, yearly: bool
) -> ColumnElement[bool]:
    zone = desk.company.org.zone
    wanted = list(days)
    if yearly:
        last = max(days).year
        wanted = [
            day.replace(year=last - back)
            for day in days
            for back in range(1, _YEARS)
            if (day.month, day.day) != (2, 29) or isleap(last - back)
        ]
    spans = []
    for day in wanted:
        begins = datetime.combine(day, datetime.min.time(), tzinfo=zone)
        ends = datetime.combine(day + timedelta(days=1), datetime.min.time(), tzinfo=zone)
        spans.append(
            and_(found >= columns.moment(spec, _at(begins)), found < columns.moment(spec, _at(ends)))
        )
    return or_(*spans)


def _at(moment: datetime) -> ColumnElement[Any]:
    return literal(moment, UTCDateTime)
