"""The time of day in Chinese words: 下午3点, 十点半, 15:30, 晚上八点一刻, and 上午 alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time

from bot.crm.written import read_number

#: What is meant when only the part of the day is said.
USUAL = {
    "凌晨": time(6),
    "清晨": time(8),
    "早上": time(9),
    "早晨": time(9),
    "一早": time(9),
    "上午": time(10),
    "中午": time(12),
    "下午": time(15),
    "午后": time(15),
    "傍晚": time(18),
    "晚上": time(20),
    "晚间": time(20),
    "夜里": time(20),
    "早": time(9),
    "晚": time(20),
}
_AFTER_NOON = {"中午", "下午", "午后", "傍晚", "晚上", "晚间", "夜里", "晚"}
#: Hours that nobody means before noon: 3点 is three in the afternoon.
_TEA_TIME = range(1, 7)
_NOON = 12
_MIDNIGHT = 24
_PERIOD = "|".join(sorted(USUAL, key=len, reverse=True))
_HOUR = r"2[0-4]|[01]?\d|二十[一二三四]?|十[一二三四五六七八九]?|[零一二两三四五六七八九]"
_MINUTE = r"[0-5]?\d|[二三四五]?十[一二三四五六七八九]?|零?[一二三四五六七八九]"
#: 两点要求 and 三点建议 are points of another sort.
_POINTS = (
    "建议|要求|意见|问题|需求|原因|优势|不足|顾虑|疑问|改进|内容|"
    "方面|反馈|想法|理由|情况|诉求|担心|异议|修改|说明|东西|是"
)
_SPOKEN = (
    rf"(?<![\d.:分])(?P<hour>{_HOUR})(?:点钟?|时(?![间候长段效期机]))(?!{_POINTS})"
    rf"(?:(?P<half>半)|(?P<quarter>[一三])刻|(?P<minute>{_MINUTE})分?(?!\d|[个万元家次%天]))?"
)
_DIGITAL = r"(?<![\d.:])(?P<hour24>2[0-3]|[01]?\d):(?P<minute60>[0-5]\d)(?!\d)"
_CLOCK = re.compile(
    rf"(?P<period>{_PERIOD})?\s*(?:{_SPOKEN}|{_DIGITAL})"
    # 3点到5点: the beginning counts.
    rf"(?:\s*(?:-|到|至|~)\s*(?:{_PERIOD})?\s*(?:(?:{_HOUR})点半?|\d{{1,2}}:\d\d))?"
    rf"|(?P<alone>{_PERIOD})"
)


@dataclass(frozen=True, slots=True)
class ClockWord:
    """A time of day and the place in the text that it came from."""

    at: time
    begins: int
    ends: int
    #: Only the part of the day was said: 下午.
    is_vague: bool
    #: 早 and 晚, and 一点 in 便宜一点: a time only right after a day.
    needs_day: bool


def find_clocks(text: str) -> Iterator[ClockWord]:
    """Every time of day in a half-width text, from left to right."""
    for found in _CLOCK.finditer(text):
        if alone := found["alone"]:
            yield ClockWord(USUAL[alone], *found.span(), is_vague=True, needs_day=len(alone) == 1)
        else:
            is_bare = found["hour"] == "一" and not (found["period"] or found["half"] or found["minute"])
            yield ClockWord(_read(found), *found.span(), is_vague=False, needs_day=is_bare)


def _read(found: re.Match[str]) -> time:
    said = found["hour"] or found["hour24"]
    hour = int(read_number(said) or 0)
    minute = _minute(found)
    period = found["period"]
    if hour == _MIDNIGHT:
        return time(23, 59)
    if period in _AFTER_NOON and hour < (_NOON if period != "中午" else _NOON - 1):
        hour += _NOON
    elif period in {"晚上", "晚间", "夜里", "晚"} and hour == _NOON:
        return time(23, 59)
    elif period == "凌晨" and hour == _NOON:
        hour = 0
    elif not period and hour in _TEA_TIME and not said.startswith("0"):
        hour += _NOON
    return time(hour, minute)


def _minute(found: re.Match[str]) -> int:
    if found["half"]:
        return 30
    if found["quarter"]:
        return 15 if found["quarter"] == "一" else 45
    return int(read_number(found["minute"] or found["minute60"] or "0") or 0)
