"""How a query was understood, in Chinese: 2026年10月,华东大区,赢单率."""

from __future__ import annotations

from collections.abc import Iterator

from bot.crm.metrics.dimension import Dimension, dimension_name
from bot.crm.query import Compare, Order, Period, Query, Rank, Value
from bot.insight.ask.lexicon import Lexicon
from bot.insight.ask.times import spans

COMPARES = {Compare.PREVIOUS: "环比上一期", Compare.LAST_YEAR: "同比去年同期"}
ATTRIBUTIONS = {"last": "末次归因", "linear": "线性归因"}
HALF = 6
FIRST_LATE_MONTH = 7


def echo(query: Query, lexicon: Lexicon) -> str:
    """One line that a manager can check at a glance."""
    return "，".join(_parts(query, lexicon))


def _parts(query: Query, lexicon: Lexicon) -> Iterator[str]:
    yield period_words(query.period) if query.period else "现在"
    order = [key.value for key in Dimension]
    for key in sorted(query.where, key=lambda key: (order.index(key) if key in order else len(order), key)):
        yield _filter(key, query.where[key], lexicon)
    if query.by:
        yield "按" + "、".join(lexicon.labels.get(key) or dimension_name(key) for key in query.by)
    yield "和".join(metric.name for metric in query.definitions())
    if query.compare:
        yield COMPARES[query.compare]
    if query.rank:
        yield _rank(query.rank)


def _filter(key: str, values: tuple[Value, ...], lexicon: Lexicon) -> str:
    if key == "idle_days":
        return f"{values[0]}天没跟进"
    if key == "attribution":
        return ATTRIBUTIONS[str(values[0])]
    if key == Dimension.OWNER:
        people = [lexicon.person(str(value)) for value in values]
        return "、".join(
            person.name if person else str(value) for person, value in zip(people, values, strict=True)
        )
    label = lexicon.labels.get(key)
    named = "、".join(map(str, values))
    return f"{label}为{named}" if label else named


def _rank(rank: Rank) -> str:
    direction = "从高到低" if rank.order is Order.DESC else "从低到高"
    return direction if rank.limit is None else f"{direction}前{rank.limit}"


def period_words(period: Period) -> str:
    """A whole year, half, quarter, month or week by its name; else from day to day."""
    begins, last = period.begins, period.last
    months = (period.ends.year - begins.year) * spans.MONTHS + period.ends.month - begins.month
    if begins.day == 1 and period.ends.day == 1:
        if months == 1:
            return f"{begins.year}年{begins.month}月"
        if months == spans.MONTHS and begins.month == 1:
            return f"{begins.year}年"
        if months == HALF and begins.month in {1, FIRST_LATE_MONTH}:
            return f"{begins.year}年{'上' if begins.month == 1 else '下'}半年"
        if period == spans.quarter(begins):
            return f"{begins.year}年第{(begins.month + 2) // 3}季度"
    if begins == last:
        return begins.isoformat()
    return f"{begins.isoformat()}至{last.isoformat()}"
