"""What the keys of a row are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date

from bot.crm.metrics.dimension import PEOPLE, Dimension
from bot.crm.query import Compare, Period, Query
from bot.insight import wording
from bot.insight.ask.echo import period_words
from bot.insight.ask.lexicon import Lexicon
from bot.insight.ask.times import spans

_PEOPLE = frozenset(key.value for key in PEOPLE)
_PERIODS = frozenset({Dimension.WEEK, Dimension.MONTH, Dimension.QUARTER, Dimension.YEAR, Dimension.DAY})


def shown(dimension: str, value: str, lexicon: Lexicon) -> str:
    """A name for people; namesakes with their team."""
    if not value:
        return wording.NOBODY if dimension in _PEOPLE else wording.NOT_KNOWN
    if dimension == Dimension.OWNER:
        return _person(value, lexicon)
    return _time(dimension, date.fromisoformat(value)) if dimension in _PERIODS else value


def _person(user_id: str, lexicon: Lexicon) -> str:
    person = lexicon.person(user_id)
    if person is None:
        return user_id
    namesakes = Counter(one.name for one in lexicon.people)
    place = person.team or person.region
    return f"{person.name}（{place}）" if namesakes[person.name] > 1 and place else person.name


def _time(unit: str, begins: date) -> str:
    if unit == Dimension.DAY:
        return f"{begins.month}月{begins.day}日"
    if unit == Dimension.WEEK:
        last = spans.week(begins).last
        return f"{begins.month}月{begins.day}日-{last.month}月{last.day}日"
    if unit == Dimension.MONTH:
        return f"{begins.year}年{begins.month}月"
    if unit == Dimension.QUARTER:
        return f"{begins.year}年第{(begins.month + 2) // 3}季度"
    return f"{begins.year}年"


def other_period(query: Query, today: date) -> str:
    """What the period that it is set against is called: 上月, 去年同期, 2026年9月."""
    if query.period is None or query.compare is None:
        return ""
    if query.compare is Compare.LAST_YEAR:
        return "去年同期"
    before = spans.previous(query.period)
    for unit, name in _BEFORE:
        if query.period == unit(today):
            return name
    return period_words(before)


def _year(on: date) -> Period:
    return spans.year(on.year)


#: What lies before the present unit.
_BEFORE: tuple[tuple[Callable[[date], Period], str], ...] = (
    (spans.day, "昨天"),
    (spans.week, "上周"),
    (spans.month, "上月"),
    (spans.quarter, "上季度"),
    (_year, "去年"),
)
