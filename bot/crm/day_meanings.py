"""What words for days mean, given what a pattern found; the patterns are in `day_words`."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeAlias

from bot.crm.written import read_number
from bot.kit.calendar import HORIZON, Calendar

#: Reads what a pattern found, on a day; None for a day that does not exist.
Resolve: TypeAlias = Callable[[re.Match[str], date, Calendar], date | None]
_WEEK = 7
_MONTHS = 12
#: Days. A day of this year that has gone by so recently was meant as past; an older one as next year's.
_LATELY = 90
_WEEKDAYS = "一二三四五六日"
#: 这, 本 and nothing are now.
_AHEAD = {"下下": 2, "下": 1, "上": -1, "上上": -2}
#: Of any unit; further ahead is a slip of the finger.
_MOST_AHEAD = 366


def _number(said: str) -> int:
    return 3 if said == "几" else int(read_number(said) or 0)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _later_month(day: date, months: int) -> date:
    """The same day some months later, or that month's last day."""
    year, month = divmod(day.year * _MONTHS + day.month - 1 + months, _MONTHS)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _month_end(day: date) -> date:
    return day.replace(day=monthrange(day.year, day.month)[1])


def _worked_from(day: date, calendar: Calendar) -> date:
    return day if calendar.is_working_day(day) else calendar.next_working_day(day)


def _worked_until(day: date, today: date, calendar: Calendar) -> date:
    """The last working day up to `day`, unless that has gone by."""
    for offset in range((day - today).days + 1):
        if calendar.is_working_day(day - timedelta(days=offset)):
            return day - timedelta(days=offset)
    return day


def near(found: re.Match[str], today: date, calendar: Calendar) -> date:
    """今天, 明天, 大后天."""
    del calendar
    said = found["near"]
    ahead = 3 if said.startswith("大") else {"今": 0, "当": 0, "明": 1, "后": 2}[said[0]]
    return today + timedelta(days=ahead)


def weekday(found: re.Match[str], today: date, calendar: Calendar) -> date | None:
    """周五, 下周二."""
    del calendar
    said = found["weekday"]
    index = (
        5 if said == "末" else int(said) - 1 if said.isdecimal() else _WEEKDAYS.find(said.replace("天", "日"))
    )
    weeks = _AHEAD.get((found["week"] or "").rstrip("个"), 0)
    day = today - timedelta(days=today.weekday()) + timedelta(days=index + weeks * _WEEK)
    # A bare 周一 said on Wednesday is next Monday; 本周一 has gone by.
    return day + timedelta(days=_WEEK) if day < today and not found["week"] else day


def week(found: re.Match[str], today: date, calendar: Calendar) -> date:
    """下周, 本周内, 下周中."""
    weeks = _AHEAD.get(found["the_week"].rstrip("个"), 0)
    monday = today - timedelta(days=today.weekday()) + timedelta(days=weeks * _WEEK)
    if not weeks:
        return _worked_until(monday + timedelta(days=4), today, calendar)
    return _worked_from(monday + timedelta(days=2 if found["middle"] else 0), calendar)


def after(found: re.Match[str], today: date, calendar: Calendar) -> date | None:
    """3天后, 两个工作日后, 半年后; a day off is put off to the next working day."""
    count, unit = found["count"], found["unit"]
    if found["half"]:
        unit = found["half"]
        day = today + timedelta(days=15) if unit.endswith("月") else _later_month(today, 6)
        return _worked_from(day, calendar)
    n = _number(count)
    if n > _MOST_AHEAD:
        return None
    if "工作日" in unit:
        return calendar.add_working_days(today, n)
    if unit.endswith("月"):
        return _worked_from(_later_month(today, n), calendar)
    if unit == "年":
        return _worked_from(_later_month(today, n * _MONTHS), calendar)
    days = n if unit in {"天", "日"} else n * _WEEK
    return _worked_from(today + timedelta(days=days), calendar)


def _relative_month(said: str | None, today: date) -> date:
    months = _AHEAD.get((said or "").rstrip("个"), 0)
    return _later_month(today.replace(day=1), months)


def part_of_month(found: re.Match[str], today: date, calendar: Calendar) -> date | None:
    """月底, 下月初, 12月中."""
    if found["end_month"]:
        month = _number(found["end_month"])
        first = date(today.year + (month < today.month), month, 1)
    else:
        first = _relative_month(found["end_of"], today)
    if found["part"] == "中":
        return _worked_from(first.replace(day=15), calendar)
    if found["part"] == "初":
        # 月初 without more words is the next one.
        first = first if found["end_of"] or found["end_month"] else _later_month(first, 1)
        return _worked_from(first, calendar)
    return _worked_until(_month_end(first), today, calendar)


def part_of_year(found: re.Match[str], today: date, calendar: Calendar) -> date:
    """年底, 季度末, 明年."""
    if found["quarter"]:
        quarters = 1 if found["quarter"].startswith("下") else 0
        first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
        return _worked_until(_month_end(_later_month(first, quarters * 3 + 2)), today, calendar)
    if found["next_year"]:
        return _worked_from(date(today.year + 1, 1, 1), calendar)
    return _worked_until(date(today.year, 12, 31), today, calendar)


def day_of_month(found: re.Match[str], today: date, calendar: Calendar) -> date | None:
    """下个月5号."""
    del calendar
    first = _relative_month(found["of_month"], today)
    return _date(first.year, first.month, _number(found["day_of"]))


def whole_month(found: re.Match[str], today: date, calendar: Calendar) -> date:
    """下个月, 本月内."""
    first = _relative_month(found["the_month"], today)
    if first.month == today.month and first.year == today.year:
        return _worked_until(_month_end(first), today, calendar)
    return _worked_from(first, calendar)


def dated(found: re.Match[str], today: date, calendar: Calendar) -> date | None:
    """11月28日, 2026-11-28, 12/1."""
    del calendar
    month, day = _number(found["month"]), _number(found["day"])
    if found["year"] or found["rel_year"]:
        year = int(found["year"] or today.year + {"今年": 0, "明年": 1, "后年": 2}[found["rel_year"]])
        return _date(year, month, day)
    this_year = _date(today.year, month, day)
    if this_year is None or today - timedelta(days=_LATELY) <= this_year:
        return this_year
    return _date(today.year + 1, month, day)


def numbered(found: re.Match[str], today: date, calendar: Calendar) -> date | None:
    """28号: of this month, or of the next once it has gone by."""
    del calendar
    day = _number(found["number"])
    ahead = today if day >= today.day else _later_month(today.replace(day=1), 1)
    return _date(ahead.year, ahead.month, day)


def next_working(_: re.Match[str], today: date, calendar: Calendar) -> date:
    """下个工作日."""
    return calendar.next_working_day(today)


def after_festival(found: re.Match[str], today: date, calendar: Calendar) -> date | None:
    """The first working day after a run of days off that bears the name, or any name."""
    said = {"年": "春节", "过年": "春节", "五一": "劳动节", "十一": "国庆节"}.get(
        found["festival"], found["festival"]
    )
    wanted = "" if said in {"节", "过节", "假期", "放假"} else said.removesuffix("节")
    for offset in range(min(HORIZON, 400)):
        day = today + timedelta(days=offset)
        name = calendar.name_of(day)
        if name and wanted in name:
            return calendar.next_working_day(day)
    return None
