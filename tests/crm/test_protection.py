"""Protection in days: the worked example of a published manual, and what holds for every course of events."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from bot.crm.company import Company
from bot.crm.company.pools import Protection
from bot.crm.protection import Course, due_at, due_day, earlier, falls_at, reminders, working_days_left
from tests.assignment.firm import changed

SHANGHAI = ZoneInfo("Asia/Shanghai")
TERMS = Protection(on=True, days=10, extend_days=3, longest_days=20)


def at(day: date, hour: int = 10) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=SHANGHAI)


@pytest.fixture(scope="module")
def restless(company: Company) -> Company:
    """A company that works every day, so that working days are days."""
    first = date(2026, 1, 1)
    every = tuple(first + timedelta(days=n) for n in range(730))
    return changed(company, calendar=company.calendar.model_copy(update={"worked": every}))


@pytest.mark.parametrize(
    ("acted", "due"),
    [
        (None, date(2026, 4, 4)),
        (date(2026, 3, 28), date(2026, 4, 4)),
        (date(2026, 4, 2), date(2026, 4, 5)),
        (date(2026, 4, 5), date(2026, 4, 8)),
        (date(2026, 4, 12), date(2026, 4, 14)),
        (date(2026, 4, 14), date(2026, 4, 14)),
    ],
)
def test_the_worked_example(restless: Company, acted: date | None, due: date):
    """Ten days, three from an action, twenty at most; taken on 25 March: never beyond 14 April."""
    course = Course(at(date(2026, 3, 25)), at(acted) if acted else None)

    assert due_day(restless, TERMS, course) == due


def test_days_are_working_days(company: Company):
    """Taken on the last working day before the National Day: the festival does not count, a worked Saturday does."""
    terms = Protection(on=True, days=3, extend_days=2, longest_days=9)

    assert due_day(company, terms, Course(at(date(2026, 9, 30)))) == date(2026, 10, 10)
    assert due_at(company, terms, Course(at(date(2026, 9, 30)))) == at(date(2026, 10, 10), 18)


@settings(max_examples=200, deadline=None)
@given(
    days=some.lists(some.integers(0, 40), max_size=6),
    terms=some.tuples(some.integers(1, 15), some.integers(0, 8), some.integers(0, 20)),
)
def test_the_last_action_says_it_all(company: Company, days: list[int], terms: tuple[int, int, int]):
    """Applying the formula action after action gives the same as looking at the last one alone."""
    rule = Protection(on=True, days=terms[0], extend_days=terms[1], longest_days=terms[0] + terms[2])
    calendar, began = company.working_time.calendar, date(2026, 9, 14)
    cap = calendar.add_working_days(began, rule.longest_days)
    due = calendar.add_working_days(began, rule.days)
    for offset in sorted(days):
        acted = began + timedelta(days=offset)
        due = min(cap, max(due, calendar.add_working_days(acted, rule.extend_days)))

    last = at(began + timedelta(days=max(days))) if days else None
    assert due_day(company, rule, Course(at(began, 9), last)) == due


def test_an_action_before_he_had_it_extends_nothing(company: Company):
    """What the owner before him wrote is not his."""
    fresh = Course(at(date(2026, 11, 18)))
    old = Course(at(date(2026, 11, 18)), at(date(2026, 11, 17)))

    assert due_day(company, TERMS, old) == due_day(company, TERMS, fresh)


def test_what_is_over_when_the_rule_begins_falls_on_the_next_working_day(company: Company):
    """On Saturday 21 November: on Monday at six, so that everybody is warned first."""
    course = Course(at(date(2026, 9, 1)))

    assert falls_at(company, TERMS, course, at(date(2026, 11, 21))) == at(date(2026, 11, 23), 18)


def test_reminders_come_in_the_mornings_of_working_days_before(company: Company):
    """It falls on Tuesday 24 November: three working days before is Thursday, one is Monday."""
    falls = at(date(2026, 11, 24), 18)

    assert reminders(company, TERMS, falls) == (at(date(2026, 11, 19), 9), at(date(2026, 11, 23), 9))
    assert working_days_left(company, falls, at(date(2026, 11, 19))) == 3
    assert working_days_left(company, falls, at(date(2026, 11, 24))) == 0


def test_a_day_before_counts_back_over_holidays(company: Company):
    """The working day before 8 October 2026 is 30 September."""
    calendar = company.working_time.calendar

    assert earlier(calendar, date(2026, 10, 8), 1) == date(2026, 9, 30)
    assert earlier(calendar, date(2026, 10, 12), 2) == date(2026, 10, 9)


@pytest.mark.parametrize(
    "wrong", [{"days": 20, "longest_days": 10}, {"days": 0}, {"remind_days_before": (0,)}]
)
def test_a_rule_that_contradicts_itself_is_refused(wrong: dict[str, Any]):
    """The longest span holds the usual one."""
    with pytest.raises(ValueError, match=r"."):
        Protection(**{"on": True, "days": 10, "extend_days": 3, "longest_days": 20, **wrong})
