"""Local days, weeks and months of instants, the same on both databases.

SQLite knows no time zones, so the offset is worked out here: one branch for each stretch of the
period in which it does not change.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Date, String, case, literal, literal_column
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from bot.crm.query import Period
from bot.store.types import UTCDateTime

_HOUR = timedelta(hours=1)
_MINUTE = timedelta(minutes=1)
_SQLITE_STEPS = {
    "day": "",
    "week": ", '-6 days', 'weekday 1'",
    "month": ", 'start of month'",
    "quarter": ", 'start of month', '-' || ((CAST(strftime('%m', {at}) AS INTEGER) - 1) % 3) || ' months'",
    "year": ", 'start of year'",
}


class LocalBucket(FunctionElement[str]):
    """The first day of the day, week, month, quarter or year that an instant lies in, as ISO text.

    Arguments: the instant or date, the offset in minutes, the unit; the last two as literals.
    """

    type = String()
    inherit_cache = True
    name = "local_bucket"


@compiles(LocalBucket, "sqlite")
def _on_sqlite(element: LocalBucket, compiler: Any, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    at, minutes, unit = (compiler.process(one, **options) for one in element.clauses)
    # Whole seconds: SQLite would round the last half millisecond of a day into the next one.
    shifted = f"substr({at}, 1, 19), '{minutes} minutes'"
    return f"date({shifted}{_SQLITE_STEPS[unit].format(at=shifted)})"


@compiles(LocalBucket, "postgresql")
def _on_postgres(element: LocalBucket, compiler: Any, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    at, minutes, unit = (compiler.process(one, **options) for one in element.clauses)
    is_date = isinstance(next(iter(element.clauses)).type, Date)
    wall = f"CAST({at} AS timestamp)" if is_date else f"timezone('UTC', {at})"
    shifted = f"{wall} + interval '{minutes} minutes'"
    return f"to_char(date_trunc('{unit}', {shifted}), 'YYYY-MM-DD')"


class Seconds(FunctionElement[int]):
    """Whole seconds from one instant to another."""

    inherit_cache = True
    name = "seconds_between"


@compiles(Seconds, "sqlite")
def _seconds_on_sqlite(element: Seconds, compiler: Any, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    since, until = (compiler.process(one, **options) for one in element.clauses)
    return f"({_epoch(until)} - {_epoch(since)})"


def _epoch(at: str) -> str:
    return f"CAST(strftime('%s', substr({at}, 1, 19)) AS INTEGER)"


@compiles(Seconds, "postgresql")
def _seconds_on_postgres(element: Seconds, compiler: Any, **options: Any) -> str:  # noqa: ANN401 - SQLAlchemy's own
    since, until = (f"date_trunc('second', {compiler.process(one, **options)})" for one in element.clauses)
    return f"CAST(extract(epoch FROM {until} - {since}) AS bigint)"


def begin_of(day: date, zone: tzinfo) -> datetime:
    """The instant at which a local day begins, in UTC."""
    return datetime.combine(day, time(), zone).astimezone(timezone.utc)


def bucket(at: ColumnElement[Any], unit: str, *, period: Period, zone: tzinfo) -> ColumnElement[str]:
    """The first local day of the `unit` in which `at` lies; right for every instant of `period`."""
    if isinstance(at.type, Date):
        return _bucket(at, timedelta(), unit)
    *before, (_, last) = _stretches(period, zone)
    if not before:
        return _bucket(at, last, unit)
    branches = [(at < literal(until, UTCDateTime()), _bucket(at, offset, unit)) for until, offset in before]
    return case(*branches, else_=_bucket(at, last, unit))


def offset_in(period: Period, zone: tzinfo) -> timedelta | None:
    """How far local time is ahead of UTC; None if the clocks are changed in the period."""
    *before, (_, offset) = _stretches(period, zone)
    return None if before else offset


def _bucket(at: ColumnElement[Any], offset: timedelta, unit: str) -> ColumnElement[str]:
    minutes = offset // _MINUTE
    return LocalBucket(at, literal_column(f"{minutes:+d}"), literal_column(unit))


def _stretches(period: Period, zone: tzinfo) -> Iterator[tuple[datetime, timedelta]]:
    """Each offset of the zone in the period and until when it holds."""
    at, ends = begin_of(period.begins, zone), begin_of(period.ends, zone)
    offset = _offset(at, zone)
    while at < ends:
        following = min(at + 24 * _HOUR, ends)
        if _offset(following, zone) != offset:
            until = _change(at, following, offset, zone)
            yield until, offset
            offset = _offset(until, zone)
        at = following
    yield ends, offset


def _change(low: datetime, high: datetime, offset: timedelta, zone: tzinfo) -> datetime:
    """The minute at which the clocks are changed, between two instants a day apart."""
    while high - low > _MINUTE:
        middle = low + (high - low) // 2
        middle = middle.replace(second=0, microsecond=0)
        if middle <= low:
            break
        low, high = (middle, high) if _offset(middle, zone) == offset else (low, middle)
    return high


def _offset(at: datetime, zone: tzinfo) -> timedelta:
    return at.astimezone(zone).utcoffset() or timedelta()
