"""Arithmetic of days, weeks, months, quarters and years."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from bot.crm.query import Period

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
MONTHS = 12


def day(on: date) -> Period:
    """One day."""
    return Period(on, on + DAY)


def week(on: date, shift: int = 0) -> Period:
    """The week from Monday that holds `on`, shifted by weeks."""
    monday = on - timedelta(days=on.weekday()) + WEEK * shift
    return Period(monday, monday + WEEK)


def month(on: date, shift: int = 0) -> Period:
    """The month that holds `on`, shifted by months."""
    return months(on.year, on.month, shift)


def months(year: int, first: int, shift: int = 0, count: int = 1) -> Period:
    """`count` months from the `first` of `year`, shifted by months."""
    return Period(_first(year, first + shift), _first(year, first + shift + count))


def quarter(on: date, shift: int = 0) -> Period:
    """The quarter that holds `on`, shifted by quarters."""
    return months(on.year, (on.month - 1) // 3 * 3 + 1, shift * 3, 3)


def year(number: int) -> Period:
    """A calendar year."""
    return Period(date(number, 1, 1), date(number + 1, 1, 1))


def months_before(on: date, count: int) -> date:
    """The same day `count` months before, or the last day of that month if it has no such day."""
    first = _first(on.year, on.month - count)
    return first.replace(day=min(on.day, calendar.monthrange(first.year, first.month)[1]))


def year_before(period: Period) -> Period:
    """The same days a year earlier."""
    return Period(months_before(period.begins, MONTHS), months_before(period.ends, MONTHS))


def year_after(period: Period) -> Period:
    """The same days a year later."""
    return Period(months_before(period.begins, -MONTHS), months_before(period.ends, -MONTHS))


def previous(period: Period) -> Period:
    """The unit before a whole week, month, quarter, half or year; else as many days before."""
    begins, ends = period.begins, period.ends
    if begins.day == 1 and ends.day == 1:
        length = (ends.year - begins.year) * MONTHS + ends.month - begins.month
        return Period(months_before(begins, length), begins)
    return Period(begins - (ends - begins), begins)


def _first(year: int, month: int) -> date:
    years, index = divmod(month - 1, MONTHS)
    return date(year + years, index + 1, 1)
