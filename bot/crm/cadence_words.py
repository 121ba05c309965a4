"""Cadences in Chinese words: 每周一三五上午9点, 工作日 08:50, 每月底; and parts of one: 周二, 下午5点."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import time

from bot.crm.cadence import LAST, Cadence, Every
from bot.crm.clock_words import find_clocks
from bot.crm.written import half_width, read_number

#: When nobody says what time of day.
USUAL = time(9)
_WEEK = r"(?:周|星期|礼拜)"
_DAYS = "一二三四五六日天1234567"
#: 三点 and 3:30 are times of day.
_ONE = r"(?:[一二三四五六日天](?![点号月])|[1-7](?![号日点:\d]))"
_LISTED = rf"{_ONE}(?:\s*[、,和及与]?\s*{_WEEK}?\s*{_ONE})*"
_DATE = (
    r"(?:3[01]|[12]\d|0?[1-9]|三十一?|二十[一二三四五六七八九]?|十[一二三四五六七八九]?|[一二三四五六七八九])"
)
_EVERY = r"每\s*一?\s*个?\s*"
#: In order: the first that fits at the beginning is meant.
_DAYS_SAID = re.compile(
    rf"(?P<workday>(?:{_EVERY})?(?:工作日|上班日)(?:每天|每日)?)"
    rf"|(?P<day>{_EVERY}(?:天|日)|天天)"
    rf"|(?:{_EVERY})?{_WEEK}(?P<span>[一1]\s*(?:到|至|-)\s*{_WEEK}?[五5])"
    rf"|(?:{_EVERY})?{_WEEK}(?P<weekend>末)"
    rf"|(?:{_EVERY})?{_WEEK}(?P<weekdays>{_LISTED})"
    rf"|(?P<week>{_EVERY}{_WEEK})"
    rf"|{_EVERY}月(?:的)?\s*(?P<month_end>底|末|最后一天)"
    rf"|{_EVERY}月(?:的)?\s*(?P<month_begin>初)"
    rf"|{_EVERY}月(?:的)?\s*(?P<dates>{_DATE}[号日]?(?:\s*[、,和及与]\s*{_DATE}[号日]?)*(?<=[号日]))"
    rf"|(?P<bare_dates>{_DATE}号)"
    rf"|(?P<month>{_EVERY}月)"
)
_GAP = re.compile(r"[\s的,在]*")
#: What is said without naming a day by its number.
_PLAIN: dict[str, tuple[Every, tuple[int, ...]]] = {
    "workday": (Every.WORKDAY, ()),
    "day": (Every.DAY, ()),
    "span": (Every.WEEK, (0, 1, 2, 3, 4)),
    "weekend": (Every.WEEK, (5, 6)),
    "week": (Every.WEEK, (0,)),
    "month_end": (Every.MONTH, (LAST,)),
}
#: 每小时, 每两周: said like a cadence, but none that we keep.
_OTHERS = re.compile(
    rf"{_EVERY}(?:隔|[两二三四五六2-9半]|小时|分钟|钟头|季|年|半年)|每[两二三2-9半]|隔(?:天|周|月)"
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """What was said of it, and where in the text that ends; a part that was not said is None."""

    ends: int
    every: Every | None = None
    days: tuple[int, ...] = ()
    at: time | None = None

    def cadence(self, before: Cadence | None = None) -> Cadence:
        """A whole one; what was not said stays as it was `before`."""
        at = self.at or (before.at if before else USUAL)
        if self.every is None:
            return replace(before, at=at) if before else Cadence(Every.DAY, at)
        return Cadence(self.every, at, self.days)


def read_spoken(text: str) -> Spoken | None:
    """The days and the time of day at the beginning of a text; None if it begins otherwise."""
    plain = half_width(text)
    found = _DAYS_SAID.match(plain)
    ends = found.end() if found else 0
    begins = _GAP.match(plain, ends)
    at_most = begins.end() if begins else ends
    # Cut off first: the 一 of 周一早上 is not that of 一早.
    clock = next(find_clocks(plain[ends:]), None)
    is_next = clock is not None and clock.begins <= at_most - ends and not (found is None and clock.is_vague)
    at, ends = (clock.at, ends + clock.ends) if clock is not None and is_next else (None, ends)
    if found is None:
        return None if at is None else Spoken(ends, at=at)
    every, days = _meaning(found)
    return Spoken(ends, every, days, at)


def read_cadence(text: str) -> Cadence | None:
    """A cadence that is the whole of a text, with its days said; None for anything else."""
    spoken = read_spoken(text)
    if spoken is None or spoken.every is None or half_width(text)[spoken.ends :].strip():
        return None
    return spoken.cadence()


def is_other(text: str) -> bool:
    """Whether a text begins with a cadence that we do not keep."""
    return _OTHERS.match(half_width(text).strip()) is not None


def _meaning(found: re.Match[str]) -> tuple[Every, tuple[int, ...]]:
    if found["weekdays"]:
        said = re.sub(rf"[^{_DAYS}]", "", found["weekdays"])
        return Every.WEEK, tuple(sorted({_weekday(sign) for sign in said}))
    plain = next((meaning for group, meaning in _PLAIN.items() if found[group]), None)
    if plain is not None:
        return plain
    dates = re.findall(_DATE, found["dates"] or found["bare_dates"] or "1")
    return Every.MONTH, tuple(sorted({int(read_number(one) or 1) for one in dates}))


def _weekday(sign: str) -> int:
    return (_DAYS.index(sign) if sign in "一二三四五六日" else 6 if sign == "天" else int(sign) - 1) % 7
