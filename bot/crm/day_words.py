"""Days in Chinese words: 明天, 下周二, 3天后, 月底, 下个月5号, 11月28日, 春节后."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from bot.crm.written import read_number
from bot.kit.calendar import HORIZON, Calendar

_WEEK = 7
_MONTHS = 12
#: Days. A day of this year that has gone by so recently was meant as past; an older one as next year's.
_LATELY = 90
_COUNT = r"\d{1,3}|[一二两三四五六七八九十]{1,3}|几"
_DAY = r"3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|二十|[一二三四五六七八九]"
_MONTH = r"1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]"
_WEEKDAYS = "一二三四五六日"
#: 这, 本 and nothing are now.
_AHEAD = {"下下": 2, "下": 1, "上": -1, "上上": -2}
#: Of any unit; further ahead is a slip of the finger.
_MOST_AHEAD = 366
_LATER = r"(?:之后|以后|过后|后|之内|以内|内)"
_REL_MONTH = r"下下个?|下个?|这个?|本|当"
_NO_AMOUNT = r"(?!\d|\s*(?:[万千百wk%元块折]|个(?!工作)|家|套|人|次|台|页|倍))"
Resolve = Callable[[re.Match[str], date, Calendar], "date | None"]


@dataclass(frozen=True, slots=True)
class DayWord:
    """A day and the place in the text that it came from."""

    on: date
    begins: int
    ends: int


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


def _near(found: re.Match[str], today: date, calendar: Calendar) -> date:
    del calendar
    said = found["near"]
    ahead = 3 if said.startswith("大") else {"今": 0, "当": 0, "明": 1, "后": 2}[said[0]]
    return today + timedelta(days=ahead)


def _weekday(found: re.Match[str], today: date, calendar: Calendar) -> date | None:
    del calendar
    said = found["weekday"]
    index = 5 if said == "末" else int(said) - 1 if said.isdecimal() else _WEEKDAYS.find(said.replace("天", "日"))
    weeks = _AHEAD.get((found["week"] or "").rstrip("个"), 0)
    day = today - timedelta(days=today.weekday()) + timedelta(days=index + weeks * _WEEK)
    # A bare 周一 said on Wednesday is next Monday; 本周一 has gone by.
    return day + timedelta(days=_WEEK) if day < today and not found["week"] else day


def _week(found: re.Match[str], today: date, calendar: Calendar) -> date:
    weeks = _AHEAD.get(found["the_week"].rstrip("个"), 0)
    monday = today - timedelta(days=today.weekday()) + timedelta(days=weeks * _WEEK)
    if not weeks:
        return _worked_until(monday + timedelta(days=4), today, calendar)
    return _worked_from(monday + timedelta(days=2 if found["middle"] else 0), calendar)


def _after(found: re.Match[str], today: date, calendar: Calendar) -> date | None:
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


def _part_of_month(found: re.Match[str], today: date, calendar: Calendar) -> date | None:
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


def _part_of_year(found: re.Match[str], today: date, calendar: Calendar) -> date:
    if found["quarter"]:
        quarters = 1 if found["quarter"].startswith("下") else 0
        first = date(today.year, (today.month - 1) // 3 * 3 + 1, 1)
        return _worked_until(_month_end(_later_month(first, quarters * 3 + 2)), today, calendar)
    if found["next_year"]:
        return _worked_from(date(today.year + 1, 1, 1), calendar)
    return _worked_until(date(today.year, 12, 31), today, calendar)


def _day_of_month(found: re.Match[str], today: date, calendar: Calendar) -> date | None:
    del calendar
    first = _relative_month(found["of_month"], today)
    return _date(first.year, first.month, _number(found["day_of"]))


def _whole_month(found: re.Match[str], today: date, calendar: Calendar) -> date:
    first = _relative_month(found["the_month"], today)
    if first.month == today.month and first.year == today.year:
        return _worked_until(_month_end(first), today, calendar)
    return _worked_from(first, calendar)


def _dated(found: re.Match[str], today: date, calendar: Calendar) -> date | None:
    del calendar
    month, day = _number(found["month"]), _number(found["day"])
    if found["year"] or found["rel_year"]:
        year = int(found["year"] or today.year + {"今年": 0, "明年": 1, "后年": 2}[found["rel_year"]])
        return _date(year, month, day)
    this_year = _date(today.year, month, day)
    if this_year is None or today - timedelta(days=_LATELY) <= this_year:
        return this_year
    return _date(today.year + 1, month, day)


def _numbered(found: re.Match[str], today: date, calendar: Calendar) -> date | None:
    del calendar
    day = _number(found["number"])
    ahead = today if day >= today.day else _later_month(today.replace(day=1), 1)
    return _date(ahead.year, ahead.month, day)


def _next_working(_: re.Match[str], today: date, calendar: Calendar) -> date:
    return calendar.next_working_day(today)


def _after_festival(found: re.Match[str], today: date, calendar: Calendar) -> date | None:
    """The first working day after a run of days off that bears the name, or any name."""
    said = {"年": "春节", "过年": "春节", "五一": "劳动节", "十一": "国庆节"}.get(found["festival"], found["festival"])
    wanted = "" if said in {"节", "过节", "假期", "放假"} else said.removesuffix("节")
    for offset in range(min(HORIZON, 400)):
        day = today + timedelta(days=offset)
        name = calendar.name_of(day)
        if name and wanted in name:
            return calendar.next_working_day(day)
    return None


_RULES: tuple[tuple[re.Pattern[str], Resolve], ...] = tuple(
    (re.compile(pattern), resolve)
    for pattern, resolve in (
        (r"(?P<near>大后天|后[天日](?!内)|[明今]天|[明今当]日(?!志)|[明今]儿个?|[今明](?=早|晚|上午|下午|中午))", _near),
        (
            r"(?<![每一两三四五六七八九十\d])(?P<week>下下个?|下个?|这个?|本|上上个?|上个?)?(?:周|星期|礼拜)"
            r"(?P<weekday>[一二三四五六日天末]|[1-7](?![\d天个]))(?!次|遍)",
            _weekday,
        ),
        (
            r"(?P<the_week>下下个?|下个?|这个?|本)(?:周|星期|礼拜)(?![一二三四五六日天末1-7年期])"
            r"(?:(?P<middle>中)|初|之?内)?",
            _week,
        ),
        (
            rf"(?<![近前这那第\d.])(?:再?过|等)?(?:(?P<half>半个?月|半年)|(?P<count>{_COUNT})\s*"
            rf"(?P<unit>个?工作日|天|日|个?周|个?星期|个?礼拜|个月|年)){_LATER}",
            _after,
        ),
        (
            rf"(?:再?过|等)(?:(?P<half>半个?月|半年)|(?P<count>{_COUNT})\s*"
            r"(?P<unit>个?工作日|天|个?周|个?星期|个?礼拜|个月|年))",
            _after,
        ),
        (rf"(?:(?P<end_of>{_REL_MONTH})|(?<!\d)(?P<end_month>{_MONTH}))?月(?P<part>底|末|初|中(?!旬))", _part_of_month),
        (r"(?P<quarter>(?:下个?|本|这个?)?季度?[底末])|(?P<next_year>明年(?:初|年初)?)(?!\d|[一二三四五六七八九十])|今?年(?:底|末)", _part_of_year),
        (rf"(?P<of_month>{_REL_MONTH})月(?P<day_of>{_DAY})(?:号|日|{_NO_AMOUNT})", _day_of_month),
        (rf"(?P<the_month>{_REL_MONTH})月(?![底末初中\d]|{_DAY})(?:之?内)?", _whole_month),
        (
            rf"(?<![\d.])(?:(?P<year>20\d\d)\s*年|(?P<rel_year>今年|明年|后年))?\s*(?P<month>{_MONTH})月\s*"
            rf"(?P<day>{_DAY})(?:日|号|{_NO_AMOUNT})",
            _dated,
        ),
        (r"(?<![\d.])(?P<year>20\d\d)(?P<rel_year>)[-/.](?P<month>1[0-2]|0?[1-9])[-/.](?P<day>3[01]|[12]\d|0?[1-9])(?!\d)", _dated),
        (
            r"(?<![\d./-])(?P<year>)(?P<rel_year>)(?P<month>1[0-2]|0?[1-9])[/-](?P<day>3[01]|[12]\d|0?[1-9])"
            r"(?![\d./-]|\s*(?:[万千百wk%元块折]|个|家|套|人|次|天|周|月|年|小?时|分|的|点|号楼))",
            _dated,
        ),
        (
            r"(?:^|(?<=[\s,。;在于到]))(?P<year>)(?P<rel_year>)(?P<month>1[0-2]|0?[1-9])\.(?P<day>3[01]|[12]\d|0?[1-9])"
            r"(?=$|[\s,。;日号前之]|上午|下午|中午|晚)(?:日|号)?",
            _dated,
        ),
        (rf"(?<![\d月.一二三四五六七八九十第])(?P<number>{_DAY})号(?!楼|线|店|院|门|房|馆|厅|码|机|文|车|库|令|会议|公告|召)", _numbered),
        (r"(?<![\d月.])(?P<number>3[01]|[12]\d|[1-9])日(?!内|后|前|均|常|报|程|以|之)", _numbered),
        (r"下一?个工作日", _next_working),
        (r"(?P<festival>元旦|春节|清明节?|五一|劳动节|端午节?|中秋节?|国庆节?|十一|过年|年|过节|节|放假|假期)(?:之后|以后|过后|后)(?!年|期)", _after_festival),
    )
)


def find_days(text: str, *, today: date, calendar: Calendar) -> Iterator[DayWord]:
    """Every day in a half-width text, from left to right; the longest reading wins.

    What is only said roughly (3天后, 月底) falls on a working day; what is named (周六) stays.
    """
    found = [
        (match.start(), -match.end(), match, resolve) for pattern, resolve in _RULES for match in pattern.finditer(text)
    ]
    at = 0
    for begins, _, match, resolve in sorted(found, key=lambda one: one[:2]):
        if begins < at:
            continue
        on = resolve(match, today, calendar)
        if on is not None:
            at = match.end()
            yield DayWord(on, begins, at)
