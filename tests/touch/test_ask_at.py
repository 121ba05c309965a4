"""Colleagues are asked once a day, at a time of day; answers and the automatic ways do not wait for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone

import pytest

from bot.crm.company.touch import Touch, read_moment
from bot.crm.touching import Intent, Purpose, Refusal
from bot.touch.facts import Facts
from bot.touch.planner import good_until, plan, recheck
from bot.touch.ways import WAYS

#: A Wednesday, 10:30 in Shanghai.
NOW = datetime(2026, 11, 18, 2, 30, tzinfo=timezone.utc)


def facts(ask_at: str, **more):
    return Facts(
        on=frozenset({"wecom", "email"}), addresses=frozenset({"wecom", "email"}),
        texts={"wecom": "text", "email": "text"}, consents={"wecom": True, "email": True},
        policy=Touch(ask_at=ask_at, **more),
    )  # fmt: skip


def wanted(purpose=Purpose.MARKETING, **more):
    return Intent(key="k", lead_id="L1", purpose=purpose, content="news", **{"channels": ("wecom",), **more})


@pytest.mark.parametrize(
    ("ask_at", "after"),
    [
        ("10:30", timedelta()),
        ("14:00", timedelta(hours=3.5)),
        ("10:00", timedelta(hours=23.5)),
        ("", timedelta()),
    ],
)
def test_marketing_waits_for_the_time_of_day(ask_at, after):
    """Today's, or tomorrow's once it is over; without one at once."""
    assert plan(wanted(), facts(ask_at), NOW).at == NOW + after


def test_at_its_time_it_is_due_and_not_put_off_again():
    """Asked again when it leaves, a little later than planned, it goes."""
    at = plan(wanted(), facts("10:00"), NOW).at
    late = at + timedelta(minutes=5)
    found = recheck(WAYS["wecom.group_send"], wanted(), facts("10:00"), late, decided_at=NOW)

    assert found.at == late


def test_answers_and_mail_do_not_wait():
    """Who has just asked is answered; mail needs nobody's tap."""
    assert plan(wanted(Purpose.REPLY), facts("10:00"), NOW).at == NOW
    assert plan(wanted(channels=("email",)), facts("10:00"), NOW).at == NOW


def test_waiting_for_that_time_is_no_lateness():
    """Reached at half past ten, good for two hours: the colleague is asked tomorrow, and nothing is dropped."""
    soon = wanted(channels=("wecom", "email"), not_after=NOW + timedelta(hours=2))
    found = plan(soon, facts("10:00"), NOW)

    assert (found.way.key, found.at) == ("wecom.group_send", NOW + timedelta(hours=23.5))
    assert good_until(soon, found.at, NOW) == found.at + timedelta(hours=2)


def test_what_waits_longer_than_it_may_be_put_off_goes_another_way():
    """The days of rest last longer than that; a notice knows none."""
    rests = replace(facts("10:00"), holidays=frozenset(range(NOW.toordinal(), NOW.toordinal() + 9)))
    found = plan(wanted(not_after=NOW + timedelta(hours=12)), rests, NOW)

    assert (found.way, found.reason, found.gives_to_rep) == (None, Refusal.TOO_LATE, False)
    notice = wanted(Purpose.TRANSACTIONAL, channels=("email",))
    assert plan(notice, rests, NOW).at == NOW


@pytest.mark.parametrize("hours", [0, 3, 11])
def test_what_came_late_already_has_only_the_rest(hours):
    """Some of its twelve hours went by in an outage: after our own wait it has what was left of them."""
    asked = wanted(not_after=NOW + timedelta(hours=12 - hours))
    at = plan(asked, facts("10:00"), NOW).at

    kept = asked._replace(not_after=good_until(asked, at, NOW))
    way = WAYS["wecom.group_send"]
    there = at + timedelta(hours=12 - hours, minutes=1)
    assert recheck(way, kept, facts("10:00"), there, decided_at=NOW) is Refusal.TOO_LATE


def test_only_a_time_of_day_is_taken():
    """Anything else is said at the check, not at ten."""
    assert [read_moment(text) for text in ("09:05", "24:00", "9:00", "")] == [545, None, None, None]
    with pytest.raises(ValueError, match="不是时刻"):
        Touch(ask_at="十点")
