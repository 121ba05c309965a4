"""Which dates a trigger means by a day: pure."""

from __future__ import annotations

from datetime import date

import pytest

from bot.crm.company.journey_triggers import OnDate
from bot.journeys.sweeping import days_for, is_day
from tests.journeys.walking import DAY


@pytest.mark.parametrize(
    ("today", "days"),
    [
        (date(2023, 2, 28), (date(2023, 2, 28), date(2020, 2, 29))),
        (date(2024, 2, 28), (date(2024, 2, 28),)),
        (date(2024, 2, 29), (date(2024, 2, 29),)),
        (date(2025, 2, 28), (date(2025, 2, 28), date(2024, 2, 29))),
    ],
)
def test_the_days_of_a_year_are_those_before_it(company, today, days):
    """Also in a year before the last leap year, as a backtest asks."""
    trigger = OnDate(date="created_at", yearly=True)
    assert days_for(company, trigger, today) == days
    assert not is_day(company, trigger, today, today)


@pytest.mark.parametrize(
    "offset", ["30天", "-30天", "1月", "-1月", "10个工作日", "-10个工作日", "1年", "0天"]
)
def test_each_day_falls_on_the_day_that_it_is_shifted_to(company, offset):
    """What is found from the end is what is reckoned from the beginning."""
    trigger = OnDate(date="created_at", offset=offset)
    first = date(2026, 9, 1)
    found = [day for n in range(200) for day in days_for(company, trigger, first + n * DAY)]
    assert sorted(found) == sorted(set(found))
    assert len(found) >= 195
