"""Festivals: 国庆期间, 春节后, 五一; their days come from the state's calendar."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import partial

from bot.crm.query import Period
from bot.insight.ask.meanings import Moment, When
from bot.insight.ask.times import spans
from bot.insight.ask.times.absolute import OF, YEAR, year_of
from bot.insight.ask.times.relative import Rule
from bot.kit.calendar import Calendar

#: By what the calendar calls them.
NAMES = {
    "元旦": r"元旦节?",
    "春节": r"春节|过年|新春|农历新年",
    "清明": r"清明节?",
    "劳动": r"五一(?:劳动)?节?|劳动节",
    "端午": r"端午节?",
    "中秋": r"中秋节?",
    "国庆": r"国庆节?|十一(?=期间|假期|黄金周|长假|后|前)",
}
_HOLIDAY = r"(?:长假|假期|黄金周|放假|小长假)?"
_STATE = Calendar()


def festival(name: str, year: int) -> Period | None:
    """The days off around a festival, weekends and bridge days included; None if not that year."""
    days = [date(year, 1, 1) + spans.DAY * offset for offset in range(366)]
    named = next((day for day in days if name in (_STATE.name_of(day) or "")), None)
    if named is None:
        return None
    first = last = named
    while not _STATE.is_working_day(first - spans.DAY):
        first -= spans.DAY
    while not _STATE.is_working_day(last + spans.DAY):
        last += spans.DAY
    return Period(first, last + spans.DAY)


def _latest(name: str, word: str | None, at: Moment) -> Period | None:
    year = year_of(word, at)
    if year is not None:
        return festival(name, year)
    return next((found for found in _backwards(name, at.today.year) if found.begins <= at.today), None)


def _backwards(name: str, year: int) -> Iterator[Period]:
    for one in (year, year - 1, year - 2):
        found = festival(name, one)
        if found:
            yield found


def _during(name: str, found: re.Match[str]) -> When:
    return When(lambda at: _latest(name, found[1], at))


def _after(name: str, found: re.Match[str]) -> When:
    """From the first day after it to today."""

    def resolve(at: Moment) -> Period | None:
        off = _latest(name, found[1], at)
        ends = at.today + spans.DAY
        return Period(off.ends, ends) if off and off.ends < ends else None

    return When(resolve)


def _rules() -> Iterator[Rule]:
    for name, words in NAMES.items():
        named = rf"(?:{YEAR}{OF})?(?:{words}){_HOLIDAY}"
        during, after = (
            rf"{named}(?:期间|当天|那几天|里)?",
            rf"{named}(?:之后|以后|后|过后)(?:至今|到现在|到今天)?",
        )
        yield re.compile(during), partial(_during, name)
        yield re.compile(after), partial(_after, name)


RULES: tuple[Rule, ...] = tuple(_rules())
