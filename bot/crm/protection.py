"""How long a lead stays with its owner (保护期): a pure reckoning in working days.

`due = min(claim + longest, max(due, action + extend))`. Taking the larger and then the smaller of
fixed days is the same in any order, so the last action that counts says it all.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from bot.crm.company import Company
from bot.crm.company.pools import Protection
from bot.crm.when import day_begin, day_end
from bot.kit.calendar import HORIZON, Calendar


@dataclass(frozen=True, slots=True)
class Course:
    """From when a lead is protected for its owner, and his last action that counts."""

    began_at: datetime
    acted_at: datetime | None = None


def due_day(company: Company, terms: Protection, course: Course) -> date:
    """The last day of the protection; it ends with that day's work."""
    began = _local(company, course.began_at)
    due = later(company, began, terms.days)
    if course.acted_at is not None and course.acted_at >= course.began_at:
        due = max(due, later(company, _local(company, course.acted_at), terms.extend_days))
    return min(later(company, began, terms.longest_days), due)


def due_at(company: Company, terms: Protection, course: Course) -> datetime:
    """The moment at which it ends, in UTC."""
    return day_end(due_day(company, terms, course), company.working_time)


def falls_at(company: Company, terms: Protection, course: Course, now: datetime) -> datetime:
    """When it will be taken from him.

    Edge: what ended before anybody was told (the rule is new, or was off) falls at the end of the
    next working day, so that nobody loses a lead without a warning.
    """
    due = due_at(company, terms, course)
    if due > now:
        return due
    return day_end(later(company, _local(company, now), 1), company.working_time)


def reminders(company: Company, terms: Protection, falls: datetime) -> tuple[datetime, ...]:
    """The mornings on which its owner is reminded, the earliest first."""
    last = _local(company, falls)
    days = (earlier(company.working_time.calendar, last, n) for n in set(terms.remind_days_before))
    return tuple(sorted(day_begin(day, company.working_time) for day in days))


@lru_cache(maxsize=4096)
def later(company: Company, day: date, count: int) -> date:
    """The `count`-th working day after `day`; remembered, since many leads begin on one day."""
    return company.working_time.calendar.add_working_days(day, count)


def earlier(calendar: Calendar, day: date, count: int) -> date:
    """The `count`-th working day before `day`; ValueError if there is none within ten years."""
    for offset in range(1, HORIZON):
        found = day - timedelta(days=offset)
        count -= calendar.is_working_day(found)
        if count <= 0:
            return found
    msg = f"no working day within {HORIZON} days before {day}"
    raise ValueError(msg)


def working_days_left(company: Company, falls: datetime, now: datetime) -> int:
    """Working days from today to the one on which it falls; 0 on that day itself."""
    today, last = _local(company, now), _local(company, falls)
    calendar = company.working_time.calendar
    span = (last - today).days
    return sum(calendar.is_working_day(today + timedelta(days=n)) for n in range(1, span + 1))


def _local(company: Company, at: datetime) -> date:
    return at.astimezone(company.org.zone).date()
