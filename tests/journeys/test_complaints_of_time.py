"""What people complain of in other systems where time is concerned: waits, dates, hours."""

from __future__ import annotations

from datetime import timedelta

from bot.journeys.simulate import Happening
from bot.store import journeys
from tests.conftest import NOW
from tests.journeys.walking import DAY, ON_FORM, did, fleet_of, said


async def test_a_delay_does_not_collapse(store, company):
    """After an outage of five days the pause between two messages is still as long as it was written."""
    steps = [{"wait": "1天"}, {"touch": "a", "late": "30天"}, {"wait": "3天"}, {"touch": "b"}]
    fleet = await fleet_of(store, company, one={"enter": ON_FORM, "steps": steps})
    await did(fleet, "form", "whitepaper")

    fleet.now += 6 * DAY
    await fleet.settle()
    assert said(fleet) == ["a"]
    back = fleet.now

    await fleet.pass_until(back + 3 * DAY - timedelta(seconds=1))
    assert said(fleet) == ["a"]
    await fleet.pass_until(back + 3 * DAY)
    assert said(fleet) == ["a", "b"]


async def test_a_late_message_says_until_when_it_makes_sense(store, company):
    """What the planner is asked bears the time after which it is not to be said: reckoned from when it was due."""
    steps = [{"wait": "1天"}, {"touch": "a", "late": "4小时"}]
    fleet = await fleet_of(store, company, one={"enter": ON_FORM, "steps": steps})
    await did(fleet, "form", "whitepaper")
    due = fleet.now + DAY

    fleet.now += 3 * DAY
    await fleet.settle()

    assert [one.not_after for one in fleet.asked] == [due + timedelta(hours=4)]
    assert fleet.asked[0].not_after < fleet.now


async def test_a_wait_of_more_than_a_month_is_as_long(store, company):
    """A pause of 14 months is in the database, not in a counter that overflows or a queue that forgets."""
    fleet = await fleet_of(
        store, company, one={"enter": ON_FORM, "steps": [{"wait": "14个月"}, {"touch": "a"}]}
    )
    await did(fleet, "form", "whitepaper")

    await fleet.pass_until(fleet.now + 425 * DAY)
    assert said(fleet) == []
    await fleet.pass_until(fleet.now + 2 * DAY)
    assert said(fleet) == ["a"]


async def test_an_event_and_the_end_of_the_wait_do_not_both_lead_on(store, company):
    """He opens the mail at the very last moment: one way on, whichever it is, never both."""
    steps = [
        {
            "wait_for": {"event": "mail_opened"},
            "within": "3天",
            "then": [{"touch": "a"}],
            "else": [{"touch": "b"}],
        }
    ]
    fleet = await fleet_of(store, company, one={"enter": ON_FORM, "steps": steps})
    await did(fleet, "form", "whitepaper")

    fleet.now += 3 * DAY
    await did(fleet, "event", "mail_opened")
    await fleet.pass_until(fleet.now + 10 * DAY)

    assert said(fleet) == ["a"]


async def test_what_happened_before_the_wait_does_not_end_it(store, company):
    """An old opening is no answer to a new mail."""
    steps = [
        {"wait": "1天"},
        {
            "wait_for": {"event": "mail_opened"},
            "within": "3天",
            "then": [{"touch": "a"}],
            "else": [{"touch": "b"}],
        },
    ]
    fleet = await fleet_of(store, company, one={"enter": ON_FORM, "steps": steps})
    await did(fleet, "form", "whitepaper")
    await did(fleet, "event", "mail_opened")

    await fleet.pass_until(fleet.now + 10 * DAY)

    assert said(fleet) == ["b"]


async def test_a_cap_per_hour_makes_people_wait_not_vanish(store, company):
    """Five come at once where two an hour may: two now, two an hour later, one the hour after."""
    those = tuple(f"L{n}" for n in range(1, 6))
    fleet = await fleet_of(
        store, company, those, one={"enter": ON_FORM, "most_per_hour": 2, "steps": [{"touch": "a"}]}
    )
    for lead_id in those:
        await fleet.happen(Happening(fleet.now, "form", "whitepaper"), lead_id)
    await fleet.settle()
    counts = [len(fleet.asked)]
    for hours in (1, 2):
        await fleet.pass_until(NOW + timedelta(hours=hours))
        counts.append(len(fleet.asked))

    assert counts == [2, 4, 5]


async def test_a_birthday_comes_once_a_year(store, company):
    """29 February is kept on the 28th where there is none; the day itself is no anniversary."""
    fleet = await fleet_of(
        store,
        company,
        one={"enter": [{"date": "birthday", "yearly": True}], "again": "300天", "steps": [{"touch": "a"}]},
    )
    await fleet.lead("L7", custom={"birthday": "1996-02-29"})
    told = []
    for day in range(0, 470, 1):
        fleet.now = NOW + day * DAY
        await fleet.settle()
        if len(fleet.asked) > len(told):
            told.append(fleet.now.date().isoformat())

    assert told == ["2027-02-28", "2028-02-29"]


async def test_a_date_before_a_contract_ends(store, company):
    """30 days before it ends, at ten; who has no such date hears nothing."""
    fleet = await fleet_of(
        store,
        company,
        one={
            "enter": [{"date": "contract_end", "offset": "-30天", "at": "10:00"}],
            "steps": [{"touch": "a"}],
        },
    )
    await fleet.lead("L7", custom={"contract_end": "2027-01-10"})

    await fleet.do(lambda desk: journeys.states(desk.tx))
    fleet.now = NOW.replace(month=12, day=11, hour=1, minute=59)
    await fleet.settle()
    assert said(fleet) == []
    fleet.now += timedelta(minutes=1)
    await fleet.settle()

    assert [(one.lead_id, one.content) for one in fleet.asked] == [("L7", "a")]
