"""Days that have been: 昨天, 上周五, 11月15日, 15号, for payments."""

from __future__ import annotations

import re
from datetime import date, timedelta

from bot.crm.day_words import find_days
from bot.crm.written import half_width, read_number
from bot.kit.calendar import Calendar

_NEAR = {
    "今天": 0,
    "今日": 0,
    "刚刚": 0,
    "刚才": 0,
    "昨天": 1,
    "昨日": 1,
    "昨晚": 1,
    "前天": 2,
    "前日": 2,
    "大前天": 3,
}
_AGO = re.compile(r"(?P<n>\d{1,3}|[一二两三四五六七八九十]{1,3})天(?:之前|以前|前)")
_NUMBER = re.compile(r"(?P<n>3[01]|[12]\d|0?[1-9])[号日]?")
_WEEKDAY = re.compile(r"周|星期|礼拜")
_YEAR = re.compile(r"20\d\d|明年")
#: Days. A date so far ahead, said of the past, was last year's.
_LAST_YEAR = 60


def read_past_day(text: str, *, today: date, calendar: Calendar) -> date | None:
    """The day that was meant: today for an empty text, None for what is no day; it may be ahead."""
    said = half_width(text).strip().lower()
    if not said or said in _NEAR:
        return today - timedelta(days=_NEAR.get(said, 0))
    if ago := _AGO.fullmatch(said):
        return today - timedelta(days=int(read_number(ago["n"]) or 0))
    if number := _NUMBER.fullmatch(said):
        return _numbered(int(number["n"]), today)
    found = next(find_days(said, today=today, calendar=calendar), None)
    return None if found is None else _behind(found.on, said, today)


def _behind(day: date, said: str, today: date) -> date:
    """What was read as ahead, as somebody means it who speaks of what has been."""
    if day > today and _WEEKDAY.match(said):
        return day - timedelta(days=7)
    if day - today > timedelta(days=_LAST_YEAR) and not _YEAR.search(said):
        is_leap_day = (day.month, day.day) == (2, 29)
        return day.replace(year=day.year - 1, day=28 if is_leap_day else day.day)
    return day


def _numbered(number: int, today: date) -> date | None:
    """The last day of this number that is not ahead."""
    month = today if number <= today.day else today.replace(day=1) - timedelta(days=1)
    try:
        return month.replace(day=number)
    except ValueError:
        return None
