"""What people complain of elsewhere, each as a fact that holds here."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.journeys import engine
from bot.journeys.simulate import Happening
from bot.store import enrollments, journeys, merge_moves
from bot.store.tables.journeys import journey_enrollments, journey_marks
from bot.store.tables.leads import leads
from tests.journeys.fleet import journey, with_journeys
from tests.journeys.walking import DAY, ON_FORM, did, fleet_of, said


async def test_four_entries_at_once_are_one(store, company):
    """Somebody who sends a form four times in a second is in the journey once, and hears from us once."""
    fleet = await fleet_of(
        store, company, one={"enter": ON_FORM, "again": "30天", "steps": [{"touch": "a"}, {"wait": "3天"}]}
    )

    for _ in range(4):
        await fleet.happen(Happening(fleet.now, "form", "whitepaper"), "L1")
    await fleet.settle()

    assert said(fleet) == ["a"]


async def test_a_loop_says_each_round_once_and_ends(store, company):
    """A loop of three rounds is three messages with three keys, and never a fourth."""
    steps = [{"loop": [{"touch": "a"}, {"wait": "1天"}], "times": 3}, {"touch": "b"}]
    fleet = await fleet_of(store, company, one={"enter": ON_FORM, "steps": steps})
    await did(fleet, "form", "whitepaper")

    await fleet.pass_until(fleet.now + 30 * DAY)

    assert said(fleet) == ["a", "a", "a", "b"]
    assert len({one.key for one in fleet.asked}) == 4


async def test_a_loop_within_a_loop_goes_all_its_rounds_each_time(store, company):
    """An inner loop begins anew with each round of the outer one."""
    inner = {"loop": [{"touch": "a"}, {"wait": "1小时"}], "times": 2}
    fleet = await fleet_of(
        store, company, one={"enter": ON_FORM, "steps": [{"loop": [inner, {"wait": "1天"}], "times": 2}]}
    )
    await did(fleet, "form", "whitepaper")

    await fleet.pass_until(fleet.now + 30 * DAY)

    assert said(fleet) == ["a"] * 4
    assert len({one.key for one in fleet.asked}) == 4


async def test_an_edit_loses_nobody(store, company):
    """Whoever is inside goes on by what was there when he entered; only newcomers take the new text."""
    old = {"enter": ON_FORM, "steps": [{"wait": "3天"}, {"touch": "a"}]}
    fleet = await fleet_of(store, company, ("L1", "L2"), one=old)
    await did(fleet, "form", "whitepaper")

    fleet.company = with_journeys(company, {"one": {"enter": ON_FORM, "steps": [{"touch": "z"}]}})
    new = fleet.company.journeys["one"]
    await fleet.do(lambda desk: journeys.publish(desk, "one", new, by="m"))
    await did(fleet, "form", "whitepaper", "L2")
    await fleet.pass_until(fleet.now + 4 * DAY)

    assert [(one.lead_id, one.content) for one in fleet.asked] == [("L2", "z"), ("L1", "a")]


async def test_running_again_sends_nothing_again(store, company):
    """The engine run once more, or ten times, over the same state does nothing."""
    fleet = await fleet_of(store, company, one={"enter": ON_FORM, "steps": [{"touch": "a"}, {"wait": "3天"}]})
    await did(fleet, "form", "whitepaper")

    for _ in range(10):
        await fleet.do(lambda desk: engine.step(desk, fleet.shelf, fleet.request, most=100))

    assert said(fleet) == ["a"]


async def test_a_unit_that_fails_is_asked_again_under_the_same_key(store, company):
    """What was undone and done anew has the key it had: no counter of the engine is a part of it."""
    fleet = await fleet_of(store, company, one={"enter": ON_FORM, "steps": [{"touch": "a"}]})
    await fleet.happen(Happening(fleet.now, "form", "whitepaper"), "L1")
    keys = []

    async def breaks(desk, intents):
        keys.extend(one.key for one in intents)
        msg = "away"
        raise RuntimeError(msg)

    with pytest.raises(RuntimeError, match="away"):
        await fleet.do(lambda desk: engine.step(desk, fleet.shelf, breaks, most=100))
    await fleet.settle()

    assert keys == [one.key for one in fleet.asked]
    assert len(keys) == 1


async def test_a_split_is_sticky(store, company):
    """The same person gets the same arm each time, also in another journey with the same experiment."""
    arms = [
        {"name": "甲", "percent": 50, "steps": [{"touch": "a"}]},
        {"name": "乙", "percent": 50, "steps": [{"touch": "b"}]},
    ]
    steps = [{"split": "题目", "arms": arms}]
    those = tuple(f"L{n}" for n in range(1, 21))
    fleet = await fleet_of(
        store, company, those,
        one={"enter": ON_FORM, "again": "always", "steps": steps}, two={"enter": [{"form": "event"}], "steps": steps},
    )  # fmt: skip

    for form in ("whitepaper", "whitepaper", "event"):
        for lead_id in those:
            await did(fleet, "form", form, lead_id)

    by_lead = {lead_id: {one.content for one in fleet.asked if one.lead_id == lead_id} for lead_id in those}
    assert all(len(found) == 1 for found in by_lead.values())
    assert {next(iter(found)) for found in by_lead.values()} == {"a", "b"}


async def test_the_same_event_enters_two_journeys_in_a_fixed_order(store, company):
    """Higher priority first, then by name: no chance in it."""
    one = {"enter": ON_FORM, "priority": 1, "steps": [{"touch": "a"}]}
    two = {"enter": ON_FORM, "priority": 9, "steps": [{"touch": "b"}]}
    fleet = await fleet_of(store, company, one=one, two=two)
    await did(fleet, "form", "whitepaper")

    async with store.read() as tx:
        rows = await tx.all(select(journey_enrollments))
    assert sorted(row.journey for row in rows) == ["one", "two"]
    assert sorted((one.content, one.priority) for one in fleet.asked) == [("a", 1), ("b", 9)]


async def test_a_merge_leaves_one_way_and_brings_no_new_one(store, company):
    """Both leads of one person were in it: after the merge one way goes on, and nobody enters again."""
    steps = [{"wait": "3天"}, {"touch": "a"}]
    fleet = await fleet_of(store, company, ("L1", "L2"), one={"enter": ON_FORM, "steps": steps})
    await did(fleet, "form", "whitepaper", "L1")
    fleet.now += timedelta(minutes=1)
    await did(fleet, "form", "whitepaper", "L2")

    async def merge(desk):
        await desk.tx.run(leads.update().where(leads.c.id == "L2").values(merged_into="L1"))
        return await merge_moves.move(desk.tx, "L2", "L1")

    await fleet.do(merge)
    await fleet.settle()
    await did(fleet, "form", "whitepaper", "L1")
    await fleet.pass_until(fleet.now + 10 * DAY)

    assert [(one.lead_id, one.content) for one in fleet.asked] == [("L1", "a")]
    async with store.read() as tx:
        rows = await enrollments.of_leads(tx, ["L1"])
    assert sorted(row.ended_how for row in rows) == ["end", "merged"]


async def test_two_journeys_that_set_each_other_off_stop(store, company):
    """A circle that the check did not see ends after a bounded number of entries in a day, and is counted."""
    one = {
        "enter": [{"tagged": "看重功能"}],
        "again": "always",
        "steps": [{"untag": "看重服务"}, {"tag": "看重服务"}],
    }
    two = {
        "enter": [{"tagged": "看重服务"}],
        "again": "always",
        "steps": [{"untag": "看重功能"}, {"tag": "看重功能"}],
    }
    fleet = await fleet_of(store, company, one=one, two=two)

    await did(fleet, "tag", "看重功能")

    async with store.read() as tx:
        rows = await enrollments.of_leads(tx, ["L1"])
        assert await tx.all(select(journey_marks)) == []
    assert len(rows) <= 40


async def test_who_reached_the_goal_hears_no_more(store, company):
    """He bought on the second day: the message of the third is not asked for."""
    steps = [{"wait": "3天"}, {"touch": "a"}]
    goal = {"orders": "count", "op": ">=", "value": 1}
    fleet = await fleet_of(store, company, one={"enter": ON_FORM, "goal": goal, "steps": steps})
    await did(fleet, "form", "whitepaper")
    fleet.now += 2 * DAY
    from decimal import Decimal

    await did(fleet, "order", "基础版", value=Decimal(100))
    await fleet.pass_until(fleet.now + 5 * DAY)

    assert said(fleet) == []
    async with store.read() as tx:
        assert [row.ended_how for row in await enrollments.of_leads(tx, ["L1"])] == ["goal"]


async def test_a_paused_journey_keeps_everybody_and_sends_nothing(store, company):
    """Nobody moves while it rests, whoever comes waits at its door, and all go on when it does."""
    fleet = await fleet_of(
        store, company, ("L1", "L2"), one={"enter": ON_FORM, "steps": [{"wait": "1天"}, {"touch": "a"}]}
    )
    await did(fleet, "form", "whitepaper")
    await fleet.do(lambda desk: journeys.put(desk, "one", 1, "paused", by="m"))
    await did(fleet, "form", "whitepaper", "L2")
    await fleet.pass_until(fleet.now + 5 * DAY)
    assert said(fleet) == []

    await fleet.do(lambda desk: journeys.put(desk, "one", 1, "live", by="m"))
    while await fleet.do(lambda desk: engine.unpark(desk, "one", most=10)):
        pass
    await fleet.settle()
    await fleet.pass_until(fleet.now + 2 * DAY)

    assert [one.lead_id for one in fleet.asked] == ["L1", "L2"]


async def test_a_stopped_journey_lets_everybody_out(store, company):
    """Nothing is said any more, and nobody enters."""
    fleet = await fleet_of(
        store, company, ("L1", "L2"), one={"enter": ON_FORM, "steps": [{"wait": "1天"}, {"touch": "a"}]}
    )
    await did(fleet, "form", "whitepaper")
    await fleet.do(lambda desk: journeys.put(desk, "one", 1, "stopped", by="m"))
    await did(fleet, "form", "whitepaper", "L2")
    await fleet.pass_until(fleet.now + 5 * DAY)

    assert said(fleet) == []
    async with store.read() as tx:
        assert await enrollments.inside(tx) == {}


def test_the_definition_reads_back_to_the_same():
    """What was published is what is gone through, field by field."""
    one = journey(
        {
            "enter": ON_FORM,
            "steps": [{"wait_for": {"event": "mail_opened"}, "within": "3天", "else": [{"touch": "a"}]}],
        }
    )

    import json

    again = type(one).model_validate_json(json.dumps(journeys.spelled(one)))

    assert again == one
    assert journeys.digest(again) == journeys.digest(one)
