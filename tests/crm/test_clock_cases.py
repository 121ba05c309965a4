"""A slice of the clock's cases; all of them by `python -m tests.crm.clock_cases --cases 100000`."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from bot.crm import working_time
from tests.crm import clock_cases


def test_the_clock_equals_counting_minutes():
    """Six hundred cases of the nine years whose notices are known, half of them around festivals."""
    assert clock_cases.wrong(600) == []


def test_the_oracle_notices_a_clock_that_errs():
    """A clock without the worked weekends would be found."""
    shape, hours = 0, tuple(working_time.WorkingSpan(*span) for span in clock_cases.HOURS[0])
    plain = working_time.WorkingTime(
        calendar=clock_cases.Calendar(days_off={date(2026, 10, 10): "不调休"}), hours=hours
    )
    begin = datetime(2026, 10, 9, 16, tzinfo=clock_cases.SHANGHAI)
    start = int((begin - clock_cases._EPOCH).total_seconds() // 60)

    assert clock_cases.check(shape, start, 2 * 1440) == ""
    ours = plain.working_between(begin, begin + timedelta(days=2))
    theirs = sum(start <= minute < start + 2 * 1440 for minute in clock_cases.minutes(shape))
    assert ours != timedelta(minutes=theirs)
