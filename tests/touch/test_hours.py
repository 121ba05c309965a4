"""Hours against a brute force that asks each minute of the wall clock."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.crm.company.touch import read_hours
from bot.crm.working_time import WorkingSpan
from bot.touch.hours import MARGIN, Hours

SPANS = ("21:00-09:00", "22:30-07:15", "00:00-08:00", "23:59-00:01", "12:00-13:30", "09:00-24:00")
ZONES = ("Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Lord_Howe", "Asia/Kathmandu")


def minute_by_minute(hours: Hours, at: datetime) -> bool:
    """As anybody would read it off a clock."""
    wall = at.astimezone(hours.zone)
    now = (wall.hour, wall.minute)

    def within(span: WorkingSpan) -> bool:
        begins, ends = divmod(span.begins, 60), divmod(span.ends, 60)
        return begins <= now < ends if begins < ends else now >= begins or now < ends

    if wall.date().toordinal() in hours.rest:
        return False
    return not (hours.quiet and within(hours.quiet)) and (not hours.only or within(hours.only))


@pytest.mark.parametrize("zone", ZONES)
def test_the_first_moment_is_open_and_none_before_it_is(zone):
    """Spans over midnight, days of rest, clocks put forward and back."""
    chance = random.Random(zone)
    for _ in range(60):
        hours = Hours(
            zone=ZoneInfo(zone), quiet=read_hours(chance.choice(SPANS)),
            only=read_hours(chance.choice(("09:00-20:00", "08:00-21:00"))) if chance.random() < 0.5 else None,
            rest=frozenset(
                datetime(2026, 1, 1, tzinfo=UTC).toordinal() + chance.randrange(366) for _ in range(60)
            ),
        )  # fmt: skip
        since = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=chance.randrange(366 * 1440))
        found = next(hours.moments(since, since + timedelta(days=4)), None)
        until = found or since + timedelta(days=4)
        at, closed = since, True
        while at < until and closed:
            closed = not (minute_by_minute(hours, at) and minute_by_minute(hours, at + MARGIN))
            at += timedelta(minutes=1)
        assert closed, (since, found, at, hours.quiet, hours.only)
        assert found is None or (minute_by_minute(hours, found) and minute_by_minute(hours, found + MARGIN))


def test_a_span_over_midnight_is_not_turned_round():
    """22:00-06:00 is the night, not the day."""
    hours = Hours(zone=ZoneInfo("Asia/Shanghai"), quiet=read_hours("22:00-06:00"))

    assert not hours.is_open(datetime(2026, 11, 18, 15, 0, tzinfo=UTC))
    assert hours.is_open(datetime(2026, 11, 18, 4, 0, tzinfo=UTC))


@pytest.mark.parametrize("said", ["25:00-03:00", "9-18", "", "09:00-09:00", "24:30-25:00"])
def test_what_is_no_span_is_none(said):
    """A typing error is not a rule."""
    assert read_hours(said) is None
