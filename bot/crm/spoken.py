"""How moments, spans and names are said on cards."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

_WEEKDAYS = "一二三四五六日"
_HOUR = 60
_DAY = 24 * _HOUR


def say_day(day: date, today: date) -> str:
    """11月28日 周六, with the year if it is another; never 明天: a card hangs for days."""
    year = f"{day.year}年" if day.year != today.year else ""
    return f"{year}{day.month}月{day.day}日 周{_WEEKDAYS[day.weekday()]}"


def say_moment(at: datetime, *, now: datetime, zone: ZoneInfo, whole_day: bool = False) -> str:
    """11月19日 周四 15:00; the day alone where only the day was meant."""
    local = at.astimezone(zone)
    day = say_day(local.date(), now.astimezone(zone).date())
    return day if whole_day else f"{day} {local:%H:%M}"


def say_span(span: timedelta) -> str:
    """3 天, 2 小时 or 40 分钟, rounded down; less than a minute is 1 分钟."""
    minutes = int(span.total_seconds() // 60)
    if minutes >= _DAY:
        return f"{minutes // _DAY} 天"
    if minutes >= _HOUR:
        return f"{minutes // _HOUR} 小时"
    return f"{max(minutes, 1)} 分钟"


def mask_name(name: str) -> str:
    """The family name with stars: 张**; for everybody but the owner."""
    return f"{name[:1]}**" if name else "未留姓名"


def mask_company(company: str) -> str:
    """The first two characters with stars: 星河**."""
    return f"{company[:2]}**"
