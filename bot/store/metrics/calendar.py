"""The days, weeks, months, quarters and years of a period, by the names they have in answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from bot.crm.query import Period

_YEAR = 12
_MONTHS = {"month": 1, "quarter": 3, "year": _YEAR}
_DAYS = {"day": 1, "week": 7}


def whole(unit: str, begins: date) -> Period:
    """The whole of the unit that begins on this day."""
    if unit in _DAYS:
        return Period(begins, begins + timedelta(days=_DAYS[unit]))
    after = begins.year * _YEAR + begins.month - 1 + _MONTHS[unit]
    return Period(begins, date(after // _YEAR, after % _YEAR + 1, 1))


def first_day(unit: str, on: date) -> date:
    """Where the unit that holds this day begins."""
    if unit in _DAYS:
        return on - timedelta(days=on.weekday() if unit == "week" else 0)
    return on.replace(month=1 + (on.month - 1) // _MONTHS[unit] * _MONTHS[unit], day=1)


def within(unit: str, begins: date, period: Period) -> Period:
    """As much of a unit as lies in the period."""
    found = whole(unit, begins)
    return Period(max(found.begins, period.begins), min(found.ends, period.ends))


def parts_of(period: Period, unit: str) -> Iterator[tuple[str, Period]]:
    """Each unit that the period touches, as far as it lies in it."""
    begins = first_day(unit, period.begins)
    while begins < period.ends:
        yield begins.isoformat(), within(unit, begins, period)
        begins = whole(unit, begins).ends


def month_shares(period: Period) -> Iterator[tuple[date, int, int]]:
    """Each month that the period touches: its first day, how many of its days lie in it, how many it has."""
    for name, part in parts_of(period, "month"):
        begins = date.fromisoformat(name)
        yield begins, (part.ends - part.begins).days, (whole("month", begins).ends - begins).days
