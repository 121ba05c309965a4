"""Phrases that name their days: 10月, 去年三季度, 9月1号, 2026-10-01, 第46周, 1-3月."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from bot.crm.query import Period
from bot.insight.ask.meanings import Moment, When
from bot.insight.ask.numerals import NUMERAL, number
from bot.insight.ask.times import spans
from bot.insight.ask.times.relative import SHIFTS, Resolver, Rule

YEARS = {
    "今年": 0,
    "本年": 0,
    "本年度": 0,
    "当年": 0,
    "去年": -1,
    "上年": -1,
    "上一年": -1,
    "上年度": -1,
    "前年": -2,
    "明年": 1,
    "后年": 2,
    "今年度": 0,
}
YEAR = (
    r"(今年度?|本年度?|当年|去年|上一?年度?|前年|明年|后年|(?<!\d)(?:20)?\d{2}年度?|(?<![近去前])[二零〇一][零〇][一二三四五六七八九零〇]{2}年度?"
    r"|(?<![一二三四五六七八九十])[一二][零〇一二三四五六七八九]年度?)"
)
OF = r"(?:的|全年)?"
MONTH = r"(?<![\d.一二三四五六七八九十第])(1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]|元)月(?!度)"
DAY = r"(3[01]|[12]\d|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九])"
QUARTERS = r"(?:第?([一二三四1-4])季度?|q([1-4])(?:季度?)?|第([1-4])季)"
DASH = r"(?:-|~|到|至)"
PARTS = {"上旬": (1, 11), "中旬": (11, 21), "下旬": (21, None)}
_MONTHS_AHEAD = 12


def year_of(word: str | None, at: Moment) -> int | None:
    """The year a word names; None if no word."""
    if not word:
        return None
    if word in YEARS:
        return at.today.year + YEARS[word]
    digits = number(word.removesuffix("度").removesuffix("年"))
    return digits if digits > 99 else 2000 + digits  # noqa: PLR2004 (a year of two digits)


def latest(at: Moment, make: Callable[[int], Period]) -> Period:
    """The latest such period not wholly in the future; the next not past when looking ahead.

    As the second half of a range, the first that ends after its first half began.
    """
    years = range(at.today.year - 1, at.today.year + 2)
    if at.since:
        return next(
            p for p in map(make, range(at.since.begins.year, at.since.begins.year + 3)) if p > at.since
        )
    if at.ahead:
        return next(found for found in map(make, years) if found.ends > at.today)
    return next(found for found in map(make, reversed(years)) if found.begins <= at.today)


def _dated(word: str | None, make: Callable[[int], Period]) -> Resolver:
    def resolve(at: Moment) -> Period:
        year = year_of(word, at)
        if year is None and at.since and make(at.since.begins.year) > at.since:
            return make(at.since.begins.year)
        return make(year) if year is not None else latest(at, make)

    return resolve


def _month_number(word: str) -> int:
    return 1 if word == "元" else number(word)


def _year(found: re.Match[str]) -> When:
    return When(lambda at: spans.year(year_of(found[1], at) or at.today.year))


def _half(found: re.Match[str]) -> When:
    first = 1 if found[2] in {"上", "1", "前"} else 7

    def resolve(at: Moment) -> Period:
        return spans.months(year_of(found[1], at) or at.today.year, first, count=6)

    return When(resolve)


def _same_unit(found: re.Match[str]) -> When:
    """去年这个月."""

    def resolve(at: Moment) -> Period:
        unit = spans.month if found[2] == "月" else spans.quarter
        return unit(at.today, YEARS[found[1]] * (spans.MONTHS if found[2] == "月" else 4))

    return When(resolve)


def _quarter(found: re.Match[str]) -> When:
    which = number(found[2] or found[3] or found[4])
    return When(_dated(found[1], lambda year: spans.months(year, which * 3 - 2, count=3)))


def _quarters(found: re.Match[str]) -> When:
    """Quarters from one to another, and 前三季度."""
    first, last = number(found[2] or "1"), number(found[3])
    if last < first:
        return When(lambda _: None)
    return When(
        _dated(found[1], lambda year: spans.months(year, first * 3 - 2, count=(last - first + 1) * 3))
    )


def _first_quarters(found: re.Match[str]) -> When:
    count = number(found[2])
    return When(_dated(found[1], lambda year: spans.months(year, 1, count=count * 3)))


def _first_months(found: re.Match[str]) -> When:
    count = number(found[2])
    if count > _MONTHS_AHEAD:
        return When(lambda _: None)
    return When(_dated(found[1], lambda year: spans.months(year, 1, count=count)))


def _month(found: re.Match[str]) -> When:
    which = _month_number(found[2])
    return When(_dated(found[1], lambda year: spans.months(year, which)))


def _months(found: re.Match[str]) -> When:
    """From month to month; the second may lie in the next year."""
    first, last = number(found[2]), number(found[3])
    count = (last - first) % 12 + 1
    return When(_dated(found[1], lambda year: spans.months(year, first, count=count)))


def _part(found: re.Match[str]) -> When:
    begin, end = PARTS[found[4]]

    def resolve(at: Moment) -> Period:
        whole = _whole_month(found[1], found[2], found[3])(at)
        first = whole.begins.replace(day=begin)
        return Period(first, whole.begins.replace(day=end) if end else whole.ends)

    return When(resolve)


def _whole_month(year: str | None, month: str | None, relative: str | None) -> Callable[[Moment], Period]:
    def resolve(at: Moment) -> Period:
        if month is None:
            return spans.month(at.today, SHIFTS[relative or "本"])
        which = _month_number(month)
        found = _dated(year, lambda number: spans.months(number, which))(at)
        return found or spans.month(at.today)

    return resolve


def _day(found: re.Match[str]) -> When:
    """A day of a named month, of a relative month, or the bare 15号."""
    year, month, relative = (found[group] or None for group in (1, 2, 3))
    which = number(found[4])

    def resolve(at: Moment) -> Period | None:
        inherits = at.since and month is None and relative is None
        on = at.since.begins if at.since and inherits else None
        if at.since and month is not None and year is None:
            return _day_after(at.since, _month_number(month), which)
        return _the_day(on or _whole_month(year, month, relative)(at).begins, which)

    return When(resolve)


def _day_after(since: Period, month: int, which: int) -> Period | None:
    year = since.begins.year
    same = _the_day(date(year, month, 1), which)
    return same if same is None or same.begins >= since.begins else _the_day(date(year + 1, month, 1), which)


def _the_day(in_month: date, which: int) -> Period | None:
    try:
        return spans.day(in_month.replace(day=which))
    except ValueError:
        return None


def _numeric(found: re.Match[str]) -> When:
    """2026-10-01, 11.1, 11/1."""
    year, month, which = found[1], int(found[2]), int(found[3])
    written = f"{year[-2:]}年" if year else None

    def resolve(at: Moment) -> Period | None:
        if at.since and not year:
            return _day_after(at.since, month, which)
        return _the_day(_whole_month(written, str(month), None)(at).begins, which)

    return When(resolve)


def _year_month(found: re.Match[str]) -> When:
    return When(lambda _: spans.months(int(found[1]), int(found[2])))


def _iso_week(found: re.Match[str]) -> When:
    which = number(found[2] or found[3])

    def week(year: int) -> Period:
        return spans.week(date(year, 1, 4), which - 1)

    weeks = 53
    return When(_dated(found[1], week)) if 1 <= which <= weeks else When(lambda _: None)


def _fixed(month: int, which: int) -> Callable[[re.Match[str]], When]:
    def make(found: re.Match[str]) -> When:
        return When(_dated(found[1], lambda year: spans.day(date(year, month, which))))

    return make


def _quarter_of(year: str, which: str) -> When:
    return When(_dated(f"{year[-2:]}年", lambda number: spans.months(number, int(which) * 3 - 2, count=3)))


def _bare_day(found: re.Match[str]) -> When:
    """9月15, without 号."""
    return When(lambda at: _the_day(_whole_month(found[1], found[4], None)(at).begins, number(found[5])))


RULES: tuple[Rule, ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (rf"{YEAR}(?:全年|一年|整年|全年度)?", _year),
        (r"(全年|整年|本年度|年度)(?!目标)", lambda _: When(lambda at: spans.year(at.today.year))),
        (r"(去年|前年)(?:的)?(?:这个?|本|当)(月|季度?)", _same_unit),
        (rf"(?:{YEAR}{OF})?(上|下)半年", _half),
        (rf"(?:{YEAR}{OF})?h([12])(?!\w)", _half),
        (rf"(?:{YEAR}{OF})?{QUARTERS}", _quarter),
        (r"((?:20)?\d{2})[-.]?q([1-4])()", lambda m: _quarter_of(m[1], m[2])),
        (rf"(?:{YEAR}{OF})?第?q?([一二三1-3])(?:季度?)?{DASH}第?q?([二三四2-4])季度?", _quarters),
        (rf"(?:{YEAR}{OF})?q([1-3]){DASH}q?([2-4])", _quarters),
        (rf"(?:{YEAR}{OF})?前([二两三2-3])个?季度?", _first_quarters),
        (rf"{YEAR}{OF}的?前({NUMERAL})个?月", _first_months),
        (rf"(?:{YEAR}{OF})?{MONTH}份?", _month),
        (
            (
                rf"(?:{YEAR}{OF})?(?<![\d.])(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月?份?{DASH}"
                r"(1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月份?(?!\d|[一二三四五六七八九十]+[号日])"
            ),
            _months,
        ),
        (rf"(?:(?:{YEAR}{OF})?{MONTH}份?|(?:(上上|上|本|这|下)一?个?月))的?(上旬|中旬|下旬)", _part),
        (rf"(?:(?:{YEAR}{OF})?{MONTH}份?|(?:(上上|上|本|这|下)一?个?月))的?{DAY}[日号]", _day),
        (rf"()()()(?<![\d.月一二三四五六七八九十]){DAY}[号日](?!召)", _day),
        (rf"(?:{YEAR}{OF})?()(){MONTH}{DAY}(?![\d号日个条单位名家月.天])", _bare_day),
        (r"(?<!\d)(20\d{2})[-./年](1[0-2]|0?[1-9])[-./月](3[01]|[12]\d|0?[1-9])[日号]?(?!\d)", _numeric),
        (r"(?<!\d)(20\d{2})(1[0-2]|0[1-9])(3[01]|[12]\d|0[1-9])(?!\d)", _numeric),
        (r"(?<![\d.])()(1[0-2]|0?[1-9])[./](3[01]|[12]\d|0?[1-9])(?![\d.%万元倍亿k号]|/\d)[号日]?", _numeric),
        (r"(?<!\d)(20\d{2})[-./](1[0-2]|0?[1-9])(?![-./\d])月?", _year_month),
        (rf"(?:{YEAR}{OF})?(?:第({NUMERAL})(?:周|个星期)|w(\d{{1,2}})周?)", _iso_week),
        (rf"(?:{YEAR}{OF})?双(?:十一|11)(?:当天|那天|期间)?", _fixed(11, 11)),
        (rf"(?:{YEAR}{OF})?双(?:十二|12)(?:当天|那天|期间)?", _fixed(12, 12)),
        (rf"(?:{YEAR}{OF})?(?<!\d)618(?!\d)(?:当天|那天|大促|期间)?", _fixed(6, 18)),
        (rf"(?:{YEAR}{OF})?(?:三八节|三八妇女节|妇女节)", _fixed(3, 8)),
        (rf"(?:{YEAR}{OF})?(?:圣诞节?)", _fixed(12, 25)),
        (rf"(?:{YEAR}{OF})?(?:情人节)", _fixed(2, 14)),
    )
)
