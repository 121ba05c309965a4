"""Working time against a clock that looks at every single minute."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.crm.working_time import WorkingSpan, WorkingTime
from bot.kit.calendar import Calendar

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = (WorkingSpan(9 * 60, 12 * 60), WorkingSpan(13 * 60 + 30, 18 * 60))
USUAL = WorkingTime(calendar=Calendar(), hours=HOURS)
ODD = WorkingTime(
    calendar=Calendar(
        days_off={date(2026, 11, 18): "年会"}, worked=frozenset({date(2026, 11, 22), date(2026, 10, 1)})
    ),
    hours=(WorkingSpan(0, 2 * 60), WorkingSpan(22 * 60, 24 * 60)),
    hours_of={4: (WorkingSpan(9 * 60, 17 * 60),), 5: (WorkingSpan(10 * 60, 11 * 60),), 2: ()},
)
ABROAD = WorkingTime(calendar=Calendar(), hours=HOURS, zone=ZoneInfo("America/New_York"))


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def is_worked(time: WorkingTime, minute: datetime) -> bool:
    """The oracle: look the minute up on the wall clock."""
    local = minute.astimezone(time.zone)
    if not time.calendar.is_working_day(local.date()):
        return False
    hours = time.hours_of.get(local.weekday(), time.hours)
    return any(span.begins <= local.hour * 60 + local.minute < span.ends for span in hours)


def minutes_between(time: WorkingTime, start: datetime, end: datetime) -> int:
    span = int((end - start).total_seconds() // 60)
    return sum(is_worked(time, start + timedelta(minutes=n)) for n in range(span))


@pytest.mark.parametrize("time", [USUAL, ODD, ABROAD], ids=["usual", "odd", "abroad"])
def test_the_arithmetic_equals_counting_minutes(time: WorkingTime):
    """150 random starts, around the festivals and 调休 of 2025 and 2026 and the change of clocks."""
    dice = random.Random(20261118)
    anchors = [
        datetime(2026, 2, 10, tzinfo=UTC),
        datetime(2026, 9, 28, tzinfo=UTC),
        datetime(2025, 12, 29, tzinfo=UTC),
    ]
    anchors += [
        datetime(2026, 3, 6, tzinfo=UTC),
        datetime(2026, 10, 30, tzinfo=UTC),
        datetime(2026, 11, 17, tzinfo=UTC),
    ]

    for _ in range(150):
        start = dice.choice(anchors) + timedelta(minutes=dice.randrange(6 * 24 * 60))
        end = start + timedelta(minutes=dice.randrange(5 * 24 * 60))

        between = time.working_between(start, end)

        assert between == timedelta(minutes=minutes_between(time, start, end)), (start, end)
        reached = time.add_working(start, between)
        assert reached <= max(end, time.next_working_moment(start))
        assert time.working_between(start, reached) == between


@pytest.mark.parametrize("time", [USUAL, ODD, ABROAD], ids=["usual", "odd", "abroad"])
def test_adding_and_measuring_are_inverse(time: WorkingTime):
    """150 random spans of up to a working week: what was added is what lies between."""
    dice = random.Random(7)

    for _ in range(150):
        start = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=dice.randrange(360 * 86400))
        span = timedelta(seconds=dice.randrange(1, 40 * 3600))

        end = time.add_working(start, span)

        assert time.working_between(start, end) == span
        assert time.working_between(start, end - timedelta(seconds=1)) == span - timedelta(seconds=1)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2026-11-18 10:00", 60, "2026-11-18 11:00"),
        ("2026-11-18 11:30", 60, "2026-11-18 14:00"),
        ("2026-11-18 11:00", 60, "2026-11-18 12:00"),
        ("2026-11-18 12:00", 30, "2026-11-18 14:00"),
        ("2026-11-18 20:00", 30, "2026-11-19 09:30"),
        ("2026-11-20 17:45", 30, "2026-11-23 09:15"),
        ("2026-09-30 17:45", 30, "2026-10-08 09:15"),
        ("2026-10-09 17:45", 30, "2026-10-10 09:15"),
        ("2026-02-14 17:00", 120, "2026-02-24 10:00"),
        ("2026-11-21 03:00", 0, "2026-11-23 09:00"),
        ("2026-11-18 10:00", 0, "2026-11-18 10:00"),
    ],
)
def test_the_clock_stands_while_nobody_works(start: str, minutes: int, end: str):
    """Lunch, nights, weekends and festivals do not count; a 调休 Saturday does."""
    assert USUAL.add_working(at(start), timedelta(minutes=minutes)) == at(end)


def test_results_are_in_utc_whatever_comes_in():
    """Ten in Shanghai is two in Greenwich."""
    found = USUAL.add_working(at("2026-11-18 10:00"), timedelta(hours=1))

    assert found == datetime(2026, 11, 18, 3, 0, tzinfo=UTC)
    assert found.tzinfo is UTC


def test_nothing_lies_between_backwards():
    """An end before its start is no negative time."""
    assert USUAL.working_between(at("2026-11-18 11:00"), at("2026-11-18 10:00")) == timedelta(0)


def test_people_are_at_work_at_nine_and_gone_at_six():
    """A span is half open."""
    assert USUAL.is_working(at("2026-11-18 09:00"))
    assert not USUAL.is_working(at("2026-11-18 18:00"))
    assert not USUAL.is_working(at("2026-11-18 12:30"))


def test_a_moment_without_a_zone_is_refused():
    """Eight hours of doubt are too many for a promise to a customer."""
    with pytest.raises(ValueError, match="zone"):
        USUAL.add_working(datetime(2026, 11, 18, 10), timedelta(hours=1))  # noqa: DTZ001 - the point of it


def test_a_negative_span_is_refused():
    """Reminders before a due time are reckoned by their own span."""
    with pytest.raises(ValueError, match="cannot add"):
        USUAL.add_working(at("2026-11-18 10:00"), timedelta(minutes=-1))


def test_a_span_of_decades_is_refused():
    """The calendar looks ten years ahead."""
    with pytest.raises(ValueError, match="no more working time"):
        USUAL.add_working(at("2026-11-18 10:00"), timedelta(hours=50_000))


def test_hours_that_never_come_are_noticed():
    """Rather than searched for ever."""
    never = WorkingTime(calendar=Calendar(), hours=(), zone=SHANGHAI)

    with pytest.raises(ValueError, match="no more working time"):
        never.next_working_moment(at("2026-11-18 10:00"))
