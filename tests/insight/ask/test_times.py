"""Time phrases on days that are hard."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.crm.metrics.spoken import spoken
from bot.insight.ask.answer import Understood
from bot.insight.ask.conversation import ask
from tests.insight.ask.conftest import SHANGHAI

PHRASES = spoken(
    "今天 昨天 本周 上周 上上周 本月 上个月 本季度 上季度 "
    "今年 去年 上半年 近7天 近两周 近三个月 最近半年 近一年 12月 "
    "3月 Q3 四季度 去年Q4 第46周 双十一 国庆期间 春节期间 上周末 "
    "周三 最近一个完整月 最近三个完整月 年初至今 9月以来 9月到11月 12月到2月 1号 前三季度 "
    "25年 10月上旬 "
)


def period(text, on, lexicons):
    lexicon = lexicons["org.yaml"]
    now = datetime.combine(on, time(12), SHANGHAI)
    answer = ask([f"{text}新增线索"], asker=lexicon.asker("chenli"), lexicon=lexicon, now=now, tz=SHANGHAI)
    assert isinstance(answer, Understood), (text, on, answer)
    assert answer.query.period
    return answer.query.period


@settings(max_examples=150, deadline=None)
@given(phrase=st.sampled_from(PHRASES), on=st.dates(date(2025, 1, 1), date(2027, 12, 31)))
def test_a_phrase_is_a_period_on_any_day(phrase, on, lexicons):
    """Half open, never empty; only a day of this week may still lie ahead."""
    found = period(phrase, on, lexicons)

    assert found.begins < found.ends
    assert found.begins <= on or phrase == "周三"


@pytest.mark.parametrize(
    ("text", "on", "begins", "ends"),
    [
        ("近1个月", "2026-03-31", "2026-03-01", "2026-04-01"),
        ("近12个月", "2024-02-29", "2023-03-01", "2024-03-01"),
        ("上个月", "2026-01-15", "2025-12-01", "2026-01-01"),
        ("上季度", "2026-01-15", "2025-10-01", "2026-01-01"),
        ("上周", "2026-01-01", "2025-12-22", "2025-12-29"),
        ("第1周", "2026-01-05", "2025-12-29", "2026-01-05"),
        ("12月", "2026-12-01", "2026-12-01", "2027-01-01"),
        ("12月", "2026-11-30", "2025-12-01", "2026-01-01"),
        ("双十一", "2026-03-01", "2025-11-11", "2025-11-12"),
        ("春节后", "2026-03-01", "2026-02-24", "2026-03-02"),
        ("12月到2月", "2026-11-18", "2025-12-01", "2026-03-01"),
    ],
)
def test_edges_of_the_calendar(text, on, begins, ends, lexicons):
    """Ends of months and years, leap days, years of weeks."""
    found = period(text, date.fromisoformat(on), lexicons)

    assert (found.begins.isoformat(), found.ends.isoformat()) == (begins, ends)


def test_today_is_the_companys_day(lexicons):
    """At 18:00 UTC it is tomorrow in Shanghai."""
    lexicon = lexicons["org.yaml"]
    now = datetime(2026, 11, 17, 18, tzinfo=UTC)

    answer = ask(["今天新增线索"], asker=lexicon.asker("chenli"), lexicon=lexicon, now=now, tz=SHANGHAI)

    assert answer.query.period.begins == date(2026, 11, 18)
