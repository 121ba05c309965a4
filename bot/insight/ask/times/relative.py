"""Phrases that count from today: 上个月, 近7天, 本周三, 最近一个完整月."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from bot.crm.query import Period
from bot.insight.ask.meanings import Moment, Today, When
from bot.insight.ask.numerals import NUMERAL, number
from bot.insight.ask.times import spans

Resolver = Callable[[Moment], Period | None]
Rule = tuple[re.Pattern[str], Callable[[re.Match[str]], When | Today]]

SHIFTS = {"上上": -2, "上": -1, "本": 0, "这": 0, "当": 0, "下": 1, "下下": 2, "今": 0, "次": 1, "前": -1}
WHICH = r"(上上|下下|上|下|本|这|当)(?:一|1)?个?"
WEEK = r"(?:周|星期|礼拜)"
WEEKDAYS = (
    {char: index for index, char in enumerate("一二三四五六日")}
    | {"天": 6}
    | {str(index + 1): index for index in range(6)}
)
#: 周一共, 周三个人, 周日均 are not days.
NO_DAY = r"(?!共|直|样|些|定|个|条|单|名|位|家|均|报|常|活|次|度)"
WEEKDAY = rf"([一二三四五六日天])(?!天){NO_DAY}"
DAYS = {"大前": -3, "前": -2, "昨": -1, "明": 1, "后": 2, "大后": 3}
RECENT = r"(?:最近|近|过去|这)的?"
#: What follows a span of days up to today.
WITHIN = r"(?:以?来(?![源自了的])|内|之内|以内|里|间|之间|期间)?"


def _when(resolve: Resolver, *, is_part: bool = False) -> When:
    return When(resolve, is_part)


def _recent(count: int, unit: str) -> Resolver:
    def resolve(at: Moment) -> Period:
        ends = at.today + spans.DAY
        if unit in {"天", "日"}:
            return Period(ends - timedelta(days=count), ends)
        if unit in {"周", "星期", "礼拜"}:
            return Period(ends - spans.WEEK * count, ends)
        months = {"月": 1, "季度": 3, "季": 3, "年": 12}[unit] * count
        return Period(spans.months_before(at.today, months) + spans.DAY, ends)

    return resolve


def _recent_rule(found: re.Match[str]) -> When:
    return _when(_recent(number(found[1]), found[2]))


def _half_rule(found: re.Match[str]) -> When:
    return _when(_recent(15, "天") if "月" in found[0] else _recent(6, "月"))


def _one_and_a_half(found: re.Match[str]) -> When:
    """一个半月 and 一年半."""
    if "年" in found[0]:
        return _when(_recent(number(found[1]) * 12 + 6, "月"))

    def resolve(at: Moment) -> Period:
        whole = _recent(number(found[1]), "月")(at)
        return Period((whole or spans.day(at.today)).begins - timedelta(days=15), at.today + spans.DAY)

    return _when(resolve)


def _complete(found: re.Match[str]) -> When:
    """The last whole units, this one left out."""
    count, unit = number(found[1] or "1"), found[2]

    def resolve(at: Moment) -> Period:
        one = {"周": spans.week, "星期": spans.week, "礼拜": spans.week, "月": spans.month}.get(unit)
        if unit == "年":
            return Period(date(at.today.year - count, 1, 1), date(at.today.year, 1, 1))
        step = one or spans.quarter
        return Period(step(at.today, -count).begins, step(at.today).begins)

    return _when(resolve)


def _month(found: re.Match[str]) -> When:
    return _when(lambda at: spans.month(at.today, SHIFTS[found[1]]))


def _week(found: re.Match[str]) -> When:
    return _when(lambda at: spans.week(at.today, SHIFTS[found[1]]))


def _quarter(found: re.Match[str]) -> When:
    return _when(lambda at: spans.quarter(at.today, SHIFTS[found[1]]))


def _weekday(found: re.Match[str]) -> When:
    shift, index = found[1], WEEKDAYS[found[2]]

    def resolve(at: Moment) -> Period:
        from_day = at.since.begins if at.since and not shift else at.today
        on = spans.week(from_day, SHIFTS[shift] if shift else 0).begins + timedelta(days=index)
        return spans.day(on)

    return _when(resolve)


def _weekend(found: re.Match[str]) -> When:
    def resolve(at: Moment) -> Period:
        whole = spans.week(at.today, SHIFTS[found[1] or "本"])
        return Period(whole.begins + timedelta(days=5), whole.ends)

    return _when(resolve)


def _near_day(found: re.Match[str]) -> When:
    return _when(lambda at: spans.day(at.today + timedelta(days=DAYS[found[1]])))


def _days_ago(found: re.Match[str]) -> When:
    return _when(lambda at: spans.day(at.today - timedelta(days=number(found[1]))))


def _start_to_now(found: re.Match[str]) -> When:
    """年初至今, 月初到现在."""

    def resolve(at: Moment) -> Period:
        whole = {
            "年": spans.year(at.today.year),
            "月": spans.month(at.today),
            "周": spans.week(at.today),
        }.get(found[1], spans.quarter(at.today))
        return Period(whole.begins, at.today + spans.DAY)

    return _when(resolve)


def _this(found: re.Match[str]) -> When:
    """月度 and 季度 with nothing before: this one."""
    return _when(lambda at: spans.month(at.today) if found[1] == "月" else spans.quarter(at.today))


RULES: tuple[Rule, ...] = tuple(
    (re.compile(pattern), make)
    for pattern, make in (
        (r"今[天日儿]|当[天日]|本日", lambda _: Today()),
        (r"(大前|前|昨|明|大后|后)(?:天|日|儿)", _near_day),
        (r"(昨)(?![晚夜天日儿])", _near_day),
        (
            r"(?:今|本|这个?|当)?(年|月|季度?|周)初(?:开始|起)?(?:至今|到现在|以来|到今天|到目前为止|到目前|至目前|到今日|至今日)",
            _start_to_now,
        ),
        (r"(?<![\d近去前过])([月季])度", _this),
        (r"前一[天日]", lambda _: _when(lambda at: spans.day(at.today - spans.DAY))),
        (rf"({NUMERAL})天前(?!的?{NUMERAL})", _days_ago),
        (rf"{WHICH}(?<!当){WEEK}(?!末)", _week),
        (r"(本|当)周", _week),
        (rf"{WHICH}月(?:份|度)?", _month),
        (rf"{WHICH}季度?(?:度)?", _quarter),
        (rf"(上上|下下|上|下|本|这)?个?{WEEK}{WEEKDAY}", _weekday),
        (r"(上上|下下|上|下|本|这)?个?周末", _weekend),
        (rf"{RECENT}({NUMERAL})个?(天|日|{WEEK}|月|季度|年)(?!半){WITHIN}", _recent_rule),
        (rf"({NUMERAL})(天|日|{WEEK}|年)(?:以内|之内|内)", _recent_rule),
        (rf"({NUMERAL})个?(天|{WEEK})以?来(?![源自了的])", _recent_rule),
        (rf"({NUMERAL})个(月|{WEEK}|季度)(?:以内|之内|内|以?来(?![源自了的]))", _recent_rule),
        (r"(?<!\d)([\d一二两三四五六七八九十])(年)以?来(?![源自了的])", _recent_rule),
        (rf"{RECENT}半(?:个月|年){WITHIN}|半(?:个月|年)(?:以内|之内|内|以来)", _half_rule),
        (rf"{RECENT}({NUMERAL})(?:个半月|年半){WITHIN}", _one_and_a_half),
        (
            rf"(?:最近|近|过去|上)的?({NUMERAL})?个?(?:完整|整|自然|完整自然)的?(?:一个)?(周|星期|礼拜|月|季度|季|年)(?:份|度)?",
            _complete,
        ),
    )
)
