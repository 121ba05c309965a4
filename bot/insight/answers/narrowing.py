"""From a line of an answer to the question about that line alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from bot.crm.query import Period, Query
from bot.insight import wording
from bot.insight.answers.rows import UNITS
from bot.insight.ask.times import spans


def narrowed(query: Query, line: Mapping[str, Any]) -> Query | None:
    """The same question for one line, without cuts; None where a line belongs to nobody or to no day."""
    where, period = dict(query.where), query.period
    for key in query.by:
        value = line.get(key)
        if not isinstance(value, str) or value in {wording.NOBODY, wording.NOT_KNOWN}:
            return None
        if key not in UNITS:
            where[key] = (value,)
        elif period is not None:
            period = _within(span_of(date.fromisoformat(value), key), period)
    return replace(query, by=(), where=where, period=period, rank=None, compare=None)


def span_of(day: date, unit: str) -> Period:
    """The day, week, month, quarter or year that begins with a day."""
    if unit == "year":
        return spans.year(day.year)
    return {"day": spans.day, "week": spans.week, "month": spans.month, "quarter": spans.quarter}[unit](day)


def _within(span: Period, period: Period) -> Period:
    return Period(max(span.begins, period.begins), min(span.ends, period.ends))
