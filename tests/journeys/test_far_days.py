"""A date far away, or of a leap year, begins its journey on its day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.crm.company.journey_triggers import OnDate
from bot.journeys.sweeping import days_for, is_day
from bot.store.tables.leads import leads
from tests.conftest import NOW
from tests.journeys.walking import DAY, fleet_of, said


@pytest.mark.parametrize(
    ("offset", "back"), [("700天", 700), ("3年", None), ("900天", 900), ("-900天", -900)]
)
async def test_however_far_it_is(store, company, offset, back):
    """Three years after delivery, as the file says."""
    enter = [{"date": "delivered_on", "offset": offset, "at": "10:00"}]
    fleet = await fleet_of(store, company, one={"enter": enter, "steps": [{"touch": "a"}]})
    day = (fleet.now + 5 * DAY).date()
    on = day.replace(year=day.year - 3) if back is None else day - timedelta(days=back)
    await fleet.lead("L7", custom={"delivered_on": on.isoformat()})
    for _ in range(8):
        fleet.now += DAY
        await fleet.settle()
    assert said(fleet) == ["a"]


async def test_a_moment_of_a_leap_day(store, company):
    """On the 28th of a year without one, whichever leap year it was; and only once."""
    enter = [{"date": "created_at", "yearly": True, "at": "10:00"}]
    one = {"enter": enter, "again": "1天", "steps": [{"touch": "a"}]}
    fleet = await fleet_of(store, company, one=one)
    for lead_id, year in (("L7", 2024), ("L8", 2020)):
        at = datetime(year, 2, 29, 4, tzinfo=UTC)
        await fleet.lead(lead_id)
        await fleet.do(
            lambda desk, of=lead_id, at=at: desk.tx.run(
                update(leads).where(leads.c.id == of).values(created_at=at)
            )
        )
    told = []
    for day in range(130):
        fleet.now = NOW + day * DAY
        await fleet.settle()
        told += [(one.lead_id, fleet.now.date().isoformat()) for one in fleet.asked[len(told) :]]
    assert sorted(told) == [("L7", "2027-02-28"), ("L8", "2027-02-28")]


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
