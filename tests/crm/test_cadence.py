"""Cadences: as people say them, and on which days they come."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

import pytest

from bot.crm.cadence import Cadence
from bot.crm.cadence_words import is_other, read_cadence, read_spoken
from tests.conftest import SHANGHAI


@pytest.mark.parametrize(
    ("text", "spelled", "rest"),
    [
        ("每周一9点发", "week 0 09:00", "发"),
        ("每周一早上9点把", "week 0 09:00", "把"),
        ("每星期天晚上8点", "week 6 20:00", ""),
        ("每周一三五9点", "week 0,2,4 09:00", ""),
        ("每周2、4 10点半发", "week 1,3 10:30", "发"),
        ("每周一到周五8:30", "week 0,1,2,3,4 08:30", ""),
        ("每周三十点", "week 2 10:00", ""),
        ("每天18点发", "day - 18:00", "发"),
        ("每日", "day - 09:00", ""),
        ("工作日 08:50", "workday - 08:50", ""),
        ("每月1号上午9点", "month 1 09:00", ""),
        ("每月1号和15号9点发", "month 1,15 09:00", "发"),
        ("每月底18点", "month 0 18:00", ""),
        ("每月最后一天下午6点", "month 0 18:00", ""),
        ("每周发", "week 0 09:00", "发"),
    ],
)
def test_days_and_hours_as_people_say_them(text, spelled, rest):
    """Full words and short ones, digits and signs; what comes after is left."""
    spoken = read_spoken(text)

    assert spoken is not None
    assert spoken.cadence().spell() == spelled
    assert text[spoken.ends :] == rest
    assert Cadence.read(spelled).spell() == spelled


@pytest.mark.parametrize("text", ["华东漏斗", "上午", "", "本周业绩", "今天新增线索"])
def test_what_is_none(text):
    """A period is no cadence."""
    assert read_spoken(text) is None


def test_half_of_one_keeps_the_other_half():
    """改成周二 keeps the hour, 改成下午5点 the day."""
    before = Cadence.read("week 0 09:00")

    assert read_spoken("周二").cadence(before).spell() == "week 1 09:00"
    assert read_spoken("下午5点").cadence(before).spell() == "week 0 17:00"
    assert read_cadence("每周一9点发") is None
    assert [is_other(text) for text in ("每两周", "每小时", "每季度", "每周一")] == [True, True, True, False]


def days_of(spelled: str, first: date, days: int, off: frozenset[date]) -> list[str]:
    cadence = Cadence.read(spelled)
    span = (first + timedelta(days=n) for n in range(days))
    return [f"{day:%m-%d}" for day in span if cadence.is_due_on(day, lambda on: on not in off)]


def test_the_last_day_of_each_month():
    """The 31st of a short month is its last."""
    assert days_of("month 31 09:00", date(2026, 1, 1), 120, frozenset()) == [
        "01-31",
        "02-28",
        "03-31",
        "04-30",
    ]
    assert days_of("month 0 09:00", date(2028, 2, 1), 60, frozenset()) == ["02-29", "03-31"]


def test_a_shifted_one_waits_for_the_next_working_day_and_comes_once():
    """A week of holidays: Monday's comes on Thursday; two that fall together are one."""
    off = frozenset(date(2026, 10, day) for day in range(1, 8)) | {date(2026, 10, 10), date(2026, 10, 11)}

    assert days_of("week+ 0 09:00", date(2026, 9, 28), 15, off) == ["09-28", "10-08", "10-12"]
    assert days_of("week+ 0,3 09:00", date(2026, 10, 1), 10, off) == ["10-08"]
    assert days_of("week 0 09:00", date(2026, 9, 28), 15, off) == ["09-28", "10-05", "10-12"]
    assert days_of("month+ 1 09:00", date(2026, 10, 1), 10, off) == ["10-08"]
    assert days_of("workday - 09:00", date(2026, 10, 5), 6, off) == ["10-08", "10-09"]


def test_it_comes_after_and_never_at_the_moment_that_is_over():
    """Exactly at its time it is the next one; China knows no summer time."""
    cadence = Cadence.read("day - 09:00")
    nine = datetime(2026, 11, 18, 9, 0, tzinfo=SHANGHAI)

    def worked(_day: date) -> bool:
        return True

    assert cadence.after(nine, SHANGHAI, worked) == nine + timedelta(days=1)
    assert cadence.after(nine - timedelta(microseconds=1), SHANGHAI, worked) == nine
    found = cadence.between(nine - timedelta(days=200), nine, SHANGHAI, worked)
    assert len(found) == 200
    assert {one.astimezone(timezone.utc).hour for one in found} == {1}
