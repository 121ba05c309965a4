"""Days that have been, said on Wednesday 18 November 2026."""

from __future__ import annotations

from datetime import date

import pytest

from bot.crm.past_day import read_past_day
from bot.kit.calendar import Calendar

TODAY = date(2026, 11, 18)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("", "2026-11-18"),
        ("今天", "2026-11-18"),
        ("昨天", "2026-11-17"),
        ("大前天", "2026-11-15"),
        ("3天前", "2026-11-15"),
        ("上周五", "2026-11-13"),
        ("周一", "2026-11-16"),
        ("周五", "2026-11-13"),
        ("11月15日", "2026-11-15"),
        ("15号", "2026-11-15"),
        ("20号", "2026-10-20"),
        ("2026-11-01", "2026-11-01"),
        ("明天", "2026-11-19"),
    ],
)
def test_days_gone_by(said: str, day: str):
    assert read_past_day(said, today=TODAY, calendar=Calendar()) == date.fromisoformat(day)


def test_in_january_december_was_last_year():
    day = read_past_day("12月28日", today=date(2027, 1, 5), calendar=Calendar())

    assert day == date(2026, 12, 28)


@pytest.mark.parametrize("said", ["不知道", "很久", "32号"])
def test_what_is_no_day_is_none(said: str):
    assert read_past_day(said, today=TODAY, calendar=Calendar()) is None
