"""Days in Chinese words: 明天, 下周二, 3天后, 月底, 下个月5号, 11月28日, 春节后."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.crm import day_meanings as mean
from bot.crm.day_meanings import Resolve
from bot.kit.calendar import Calendar

_COUNT = r"\d{1,3}|[一二两三四五六七八九十]{1,3}|几"
_DAY = r"3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|二十|[一二三四五六七八九]"
_MONTH = r"1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]"
_REL_MONTH = r"下下个?|下个?|这个?|本|当"
_NO_AMOUNT = r"(?!\d|\s*(?:[万千百wk%元块折]|个(?!工作)|家|套|人|次|台|页|倍))"


@dataclass(frozen=True, slots=True)
class DayWord:
    """A day and the place in the text that it came from."""

    on: date
    begins: int
    ends: int


_NEAR = (
    r"(?P<near>大后天|后[天日](?!内)|[明今]天|[明今当]日(?!志)|[明今]儿个?|[今明](?=早|晚|上午|下午|中午))"
)
#: Not 每周一 nor 一周一次.
_WEEKDAY = (
    r"(?<![每一两三四五六七八九十\d])(?P<week>下下个?|下个?|这个?|本|上上个?|上个?)?(?:周|星期|礼拜)"
    r"(?P<weekday>[一二三四五六日天末]|[1-7](?![\d天个]))(?!次|遍)"
)
_WEEK = (
    r"(?P<the_week>下下个?|下个?|这个?|本)(?:周|星期|礼拜)(?![一二三四五六日天末1-7年期])"
    r"(?:(?P<middle>中)|初|之?内)?"
)
_UNIT = r"(?P<unit>个?工作日|天|日|个?周|个?星期|个?礼拜|个月|年)"
_SPAN = rf"(?:(?P<half>半个?月|半年)|(?P<count>{_COUNT})\s*{_UNIT})"
_AFTER = rf"(?<![近前这那第\d.])(?:再?过|等)?{_SPAN}(?:之后|以后|过后|后|之内|以内|内)"
#: 过两天再打: without 后.
_PASSING = rf"(?:再?过|等){_SPAN}"
_PART_OF_MONTH = rf"(?:(?P<end_of>{_REL_MONTH})|(?<!\d)(?P<end_month>{_MONTH}))?月(?P<part>底|末|初|中(?!旬))"
_PART_OF_YEAR = (
    r"(?P<quarter>(?:下个?|本|这个?)?季度?[底末])"
    r"|(?P<next_year>明年(?:初|年初)?)(?!\d|[一二三四五六七八九十])|今?年(?:底|末)"
)
_DAY_OF_MONTH = rf"(?P<of_month>{_REL_MONTH})月(?P<day_of>{_DAY})(?:号|日|{_NO_AMOUNT})"
_WHOLE_MONTH = rf"(?P<the_month>{_REL_MONTH})月(?![底末初中\d]|{_DAY})(?:之?内)?"
_DATED = (
    r"(?<![\d.])(?:(?P<year>20\d\d)\s*年|(?P<rel_year>今年|明年|后年))?\s*"
    rf"(?P<month>{_MONTH})月\s*(?P<day>{_DAY})(?:日|号|{_NO_AMOUNT})"
)
_MM = r"(?P<month>1[0-2]|0?[1-9])"
_DD = r"(?P<day>3[01]|[12]\d|0?[1-9])"
_ISO = rf"(?<![\d.])(?P<year>20\d\d)(?P<rel_year>)[-/.]{_MM}[-/.]{_DD}(?!\d)"
#: 11/28 and 11-28, but not 3-5家.
_SLASHED = (
    rf"(?<![\d./-])(?P<year>)(?P<rel_year>){_MM}[/-]{_DD}"
    r"(?![\d./-]|\s*(?:[万千百wk%元块折]|个|家|套|人|次|天|周|月|年|小?时|分|的|点|号楼))"
)
#: 12.5 only where it stands alone.
_DOTTED = (
    rf"(?:^|(?<=[\s,。;在于到]))(?P<year>)(?P<rel_year>){_MM}\.{_DD}"
    r"(?=$|[\s,。;日号前之]|上午|下午|中午|晚)(?:日|号)?"
)
#: 28号, but not 3号楼.
_NUMBERED = (
    rf"(?<![\d月.一二三四五六七八九十第])(?P<number>{_DAY})号"
    r"(?!楼|线|店|院|门|房|馆|厅|码|机|文|车|库|令|会议|公告|召)"
)
_NUMBERED_FORMAL = r"(?<![\d月.])(?P<number>3[01]|[12]\d|[1-9])日(?!内|后|前|均|常|报|程|以|之)"
_FESTIVAL = (
    r"(?P<festival>元旦|春节|清明节?|五一|劳动节|端午节?|中秋节?|国庆节?|十一|过年|年|过节|节|放假|假期)"
    r"(?:之后|以后|过后|后)(?!年|期)"
)
_RULES: tuple[tuple[re.Pattern[str], Resolve], ...] = tuple(
    (re.compile(pattern), resolve)
    for pattern, resolve in (
        (_NEAR, mean.near),
        (_WEEKDAY, mean.weekday),
        (_WEEK, mean.week),
        (_AFTER, mean.after),
        (_PASSING, mean.after),
        (_PART_OF_MONTH, mean.part_of_month),
        (_PART_OF_YEAR, mean.part_of_year),
        (_DAY_OF_MONTH, mean.day_of_month),
        (_WHOLE_MONTH, mean.whole_month),
        (_DATED, mean.dated),
        (_ISO, mean.dated),
        (_SLASHED, mean.dated),
        (_DOTTED, mean.dated),
        (_NUMBERED, mean.numbered),
        (_NUMBERED_FORMAL, mean.numbered),
        (r"下一?个工作日", mean.next_working),
        (_FESTIVAL, mean.after_festival),
    )
)


def find_days(text: str, *, today: date, calendar: Calendar) -> Iterator[DayWord]:
    """Every day in a half-width text, from left to right; the longest reading wins.

    What is only said roughly (3天后, 月底) falls on a working day; what is named (周六) stays.
    """
    found = [
        (match.start(), -match.end(), match, resolve)
        for pattern, resolve in _RULES
        for match in pattern.finditer(text)
    ]
    at = 0
    for begins, _, match, resolve in sorted(found, key=lambda one: one[:2]):
        if begins < at:
            continue
        on = resolve(match, today, calendar)
        if on is not None:
            at = match.end()
            yield DayWord(on, begins, at)
