"""Spans and moments of journeys in Chinese words: 3天, 2个工作日, 周二 10:00; by a person's own clock."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.crm.working_time import WorkingTime

_SPAN = re.compile(
    r"(?P<sign>-|前|提前|后)?\s*(?P<n>\d{1,4})\s*个?\s*(?P<unit>分钟|小时|天|日|周|星期|月|年|工作日|工作小时)"
)
_UNITS = {"日": "天", "星期": "周"}
_LENGTHS = {"分钟": timedelta(minutes=1), "小时": timedelta(hours=1)}
_DAYS = {"天": 1, "周": 7}
_WEEKDAYS = "一二三四五六日"
_MOMENT = re.compile(
    r"(?P<day>(?:周|星期)[一二三四五六日天]|工作日)?\s*(?P<hour>[01]?\d|2[0-3])[:：](?P<minute>[0-5]\d)"
)
#: Longer than this nobody waits for a message.
LONGEST = timedelta(days=3_660)
_WORKDAY = 7
_LOOK = 400


@dataclass(frozen=True, slots=True)
class Span:
    """So many of a unit; negative before, positive after."""

    n: int
    unit: str

    @property
    def rough(self) -> timedelta:
        """About how long, for bounds."""
        days = {"天": 1, "周": 7, "月": 31, "年": 366, "工作日": 2}.get(self.unit, 0)
        return _LENGTHS.get(self.unit, timedelta(hours=8 if days == 0 else 0)) * self.n + timedelta(
            days=days
        ) * (self.n if days else 0)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time of day, on a weekday (Monday is 0), on working days, or on any day."""

    at: time
    weekday: int | None = None
    working: bool = False


@lru_cache(maxsize=1024)
def read_span(text: str) -> Span | None:
    """What a text says of a length of time; None if it says nothing."""
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        return None
    unit = _UNITS.get(found["unit"], found["unit"])
    n = int(found["n"])
    span = Span(-n if found["sign"] in {"-", "前", "提前"} else n, unit)
    return span if abs(span.rough) <= LONGEST else None


@lru_cache(maxsize=1024)
def read_moment(text: str) -> Moment | None:
    """What a text says of a time of the week; None if it says nothing."""
    found = _MOMENT.fullmatch(text.strip())
    if found is None:
        return None
    at = time(int(found["hour"]), int(found["minute"]))
    day = found["day"]
    if day == "工作日":
        return Moment(at, working=True)
    return Moment(at, None if not day else _WEEKDAYS.index(day[-1].replace("天", "日")))


def after(span: Span, since: datetime, zone: ZoneInfo, working: WorkingTime) -> datetime:
    """The moment so long after `since`, by the clock on the wall there; in UTC.

    Three days later it is the same time of day, also when the clocks were changed meanwhile; an hour
    is an hour. A month later is the same day, or the last one of a shorter month.
    """
    if span.unit in _LENGTHS:
        return since + span.n * _LENGTHS[span.unit]
    if span.unit == "工作小时":
        return working.add_working(since, timedelta(hours=span.n))
    local = since.astimezone(zone)
    if span.unit == "工作日":
        return _on(_working_day(local.date(), span.n, working), local.time(), zone)
    if span.unit in {"月", "年"}:
        return _on(months_later(local.date(), span.n * (12 if span.unit == "年" else 1)), local.time(), zone)
    return _on(local.date() + timedelta(days=span.n * _DAYS[span.unit]), local.time(), zone)


def reach(moment: Moment, since: datetime, zone: ZoneInfo, working: WorkingTime) -> datetime:
    """The next such moment, later than `since`; in UTC."""
    day = since.astimezone(zone).date()
    for offset in range(_LOOK):
        on = day + timedelta(days=offset)
        if moment.weekday is not None and on.weekday() != moment.weekday:
            continue
        if moment.working and not working.calendar.is_working_day(on):
            continue
        at = _on(on, moment.at, zone)
        if at > since:
            return at
    msg = f"no such moment within {_LOOK} days"
    raise ValueError(msg)


def at_local(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A time of day there as an instant; one that the clocks leap over is an hour later."""
    return _on(day, at, zone)


def shifted(day: date, span: Span, working: WorkingTime) -> date:
    """The day so long before or after another."""
    if span.unit == "工作日":
        return _working_day(day, span.n, working)
    if span.unit in {"月", "年"}:
        return months_later(day, span.n * (12 if span.unit == "年" else 1))
    return day + timedelta(days=span.n * _DAYS.get(span.unit, 0))


def months_later(day: date, months: int) -> date:
    """The same day of another month, or its last."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def anniversary(day: date, year: int) -> date:
    """Its day in another year; 29 February falls on the 28th where there is none."""
    return date(year, day.month, min(day.day, calendar.monthrange(year, day.month)[1]))


def _working_day(day: date, n: int, working: WorkingTime) -> date:
    """So many working days on; none further is the day itself, or the next that is worked."""
    step = timedelta(days=1 if n >= 0 else -1)
    left, on = abs(n), day
    while left > 0:
        on += step
        left -= working.calendar.is_working_day(on)
    while n == 0 and not working.calendar.is_working_day(on):
        on += step
    return on


def _on(day: date, at: time, zone: ZoneInfo) -> datetime:
    # Over UTC and back, so that a time which does not exist becomes one that does.
    return datetime.combine(day, at.replace(tzinfo=None), tzinfo=zone).astimezone(UTC)
