"""What people complain of in other systems where something changes under those inside, or two work at once."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from bot.crm.company import Company
from bot.crm.phrases import parse
from bot.journeys import engine, publishing
from bot.journeys.book import Shelf
from bot.journeys.simulate import Happening
from bot.store import Store, enrollments
from bot.store import segments as kept
from tests.conftest import NOW
from tests.journeys.fleet import Fleet, with_journeys
from tests.journeys.walking import DAY, ON_FORM, did, fleet_of, said
from tests.store.leads_by_hand import with_segments


async def test_two_keepers_at_once_say_it_once(store: Store, company: Company):
    """Overlapping runs, each with its own memory: one of them finds nothing to do."""
    people = tuple(f"L{n}" for n in range(1, 9))
    fleet = await fleet_of(
        store, company, people, one={"enter": ON_FORM, "steps": [{"touch": "a"}, {"wait": "1天"}]}
    )
    for lead_id in people:
        await fleet.happen(Happening(fleet.now, "form", "whitepaper"), lead_id)

    async def keep(shelf: Shelf) -> None:
        for _ in range(4):
            await fleet.do(lambda desk: engine.step(desk, shelf, fleet.request, most=3))

    await asyncio.gather(keep(Shelf()), keep(Shelf()), keep(Shelf()))
    await fleet.settle()

    assert sorted(one.lead_id for one in fleet.asked) == sorted(people)
    assert len({one.key for one in fleet.asked}) == len(people)


async def test_taking_a_decision_out_sends_nothing_again(lite: Store, company: Company):
    """The wait between two messages is deleted and everybody who can is moved: nobody hears the first anew."""
    old = [{"touch": "a"}, {"wait_for": {"event": "mail_opened"}, "within": "3天"}, {"touch": "b"}]
    fleet = await fleet_of(lite, company, ("L1", "L2"), one={"enter": ON_FORM, "steps": old})
    await did(fleet, "form", "whitepaper")

    fleet.company = with_journeys(
        company, {"one": {"enter": ON_FORM, "steps": [{"touch": "a"}, {"touch": "b"}]}}
    )
    new = fleet.company.journeys["one"]
    await fleet.do(lambda desk: publishing.publish(desk, fleet.shelf, "one", new, by="m", move=True))
    for _ in range(10):
        await fleet.settle()
    await did(fleet, "form", "whitepaper", "L2")
    await fleet.pass_until(fleet.now + 10 * DAY)

    assert [(one.lead_id, one.content) for one in fleet.asked] == [
        ("L1", "a"),
        ("L2", "a"),
        ("L2", "b"),
        ("L1", "b"),
    ]


async def test_putting_a_step_in_front_of_those_inside_says_nothing_twice(lite: Store, company: Company):
    """Whoever stands behind the place goes on from where he is."""
    fleet = await fleet_of(
        lite, company, one={"enter": ON_FORM, "steps": [{"touch": "a"}, {"wait": "3天"}, {"touch": "b"}]}
    )
    await did(fleet, "form", "whitepaper")
    steps = [{"touch": "z"}, {"touch": "a"}, {"wait": "3天"}, {"touch": "b"}]
    fleet.company = with_journeys(company, {"one": {"enter": ON_FORM, "steps": steps}})
    new = fleet.company.journeys["one"]

    _, moved = await fleet.do(
        lambda desk: publishing.publish(desk, fleet.shelf, "one", new, by="m", move=True)
    )
    await fleet.pass_until(fleet.now + 5 * DAY)

    assert (moved, said(fleet)) == (1, ["a", "b"])


async def test_who_leaves_the_segment_stays_in_the_journey(lite: Store, company: Company):
    """A segment that is worked out anew takes nobody out, and puts nobody in a second time."""
    own = with_segments(company, {"shanghai": {"field": "city", "op": "=", "value": "上海"}})
    journeys = {
        "one": {
            "enter": [{"segment": "shanghai"}],
            "again": "never",
            "steps": [{"wait": "3天"}, {"touch": "a"}],
        }
    }
    fleet = Fleet(lite, with_journeys(own, journeys), NOW)
    await fleet.lead("L1", city="北京", external_id="e1")
    await follow(fleet)
    await fleet.define()
    await fleet.settle()

    for city in ("上海", "北京", "上海"):
        await fleet.happen(Happening(fleet.now, "set", "city", value=city), "L1")
        await follow(fleet)
        await fleet.settle()
    await fleet.do(lambda desk: kept.walk_again(desk.tx))
    await follow(fleet)
    await fleet.pass_until(fleet.now + 5 * DAY)

    assert said(fleet) == ["a"]
    async with lite.read() as tx:
        assert len(await enrollments.of_leads(tx, ["L1"])) == 1


async def follow(fleet: Fleet) -> None:
    """Bring the segments up to date, as their keeper does."""
    await fleet.do(kept.define)
    for _ in range(3):
        await fleet.do(lambda desk: kept.follow_marks(desk, at_most=100))
        await fleet.do(lambda desk: kept.walk(desk, at_most=100))


async def test_the_last_message_goes_too(lite: Store, company: Company):
    """The step behind which nothing comes is a step like any other, also right after a pause."""
    steps = [{"touch": "a"}, {"wait": "1天"}, {"touch": "b"}]
    fleet = await fleet_of(lite, company, one={"enter": ON_FORM, "steps": steps})
    await did(fleet, "form", "whitepaper")
    await fleet.pass_until(fleet.now + 2 * DAY)

    assert said(fleet) == ["a", "b"]


async def test_a_journey_that_an_event_began_waits_for_the_next_one(lite: Store, company: Company):
    """Of the same kind, and for half an hour: what began it does not end the wait, nor is a day the least."""
    steps = [
        {
            "wait_for": {"event": "pricing_page_viewed"},
            "within": "30分钟",
            "then": [{"touch": "a"}],
            "else": [{"touch": "b"}],
        }
    ]
    fleet = await fleet_of(
        lite, company, ("L1", "L2"), one={"enter": [{"event": "pricing_page_viewed"}], "steps": steps}
    )
    await did(fleet, "event", "pricing_page_viewed", "L1")
    await did(fleet, "event", "pricing_page_viewed", "L2")
    assert said(fleet) == []

    fleet.now += timedelta(minutes=10)
    await did(fleet, "event", "pricing_page_viewed", "L1")
    await fleet.pass_until(fleet.now + timedelta(minutes=21))

    assert [(one.lead_id, one.content) for one in fleet.asked] == [("L1", "a"), ("L2", "b")]


async def test_each_order_has_its_own_way(lite: Store, company: Company):
    """Two orders are two ways at once; the same one told again is none."""
    steps = [{"wait": "1天"}, {"touch": "a"}]
    fleet = await fleet_of(
        lite, company, one={"enter": [{"bought": "any"}], "again": "per:order_id", "steps": steps}
    )
    from decimal import Decimal

    await did(fleet, "order", "基础版", value=Decimal(100))
    await did(fleet, "order", "基础版", value=Decimal(100))
    await fleet.pass_until(fleet.now + 3 * DAY)

    assert said(fleet) == ["a", "a"]
    assert len({one.key for one in fleet.asked}) == 2


async def test_a_schedule_keeps_its_hour(lite: Store, company: Company):
    """Tuesday at ten is Tuesday at ten, not the midnight before."""
    only = {"field": "city", "op": "=", "value": "上海"}
    one = {
        "enter": [{"schedule": "每周二 10:00"}],
        "again": "always",
        "only": only,
        "steps": [{"touch": "a"}],
    }
    fleet = await fleet_of(lite, company, one=one)
    zone = company.org.zone
    local = fleet.now.astimezone(zone)
    tuesday = (local + timedelta(days=(1 - local.weekday()) % 7 or 7)).replace(
        hour=10, minute=0, second=0, microsecond=0
    )

    fleet.now = tuesday - timedelta(seconds=1)
    await fleet.settle()
    assert said(fleet) == []
    fleet.now = tuesday
    await fleet.settle()
    assert said(fleet) == ["a"]


async def test_ten_oclock_is_his_ten_oclock_on_both_sides_of_a_clock_change(lite: Store, company: Company):
    """New York puts its clocks forward on 14 March 2027: ten there is 15:00 UTC before and 14:00 after."""
    steps = [{"loop": [{"wait": "10:00"}, {"touch": "a"}], "times": 3}]
    own = with_journeys(company, {"one": {"enter": ON_FORM, "zone_by": "industry", "steps": steps}})
    fleet = Fleet(lite, own, NOW.replace(year=2027, month=3, day=13, hour=10))
    await fleet.lead("L1", industry="America/New_York", external_id="e1")
    await fleet.define()
    await fleet.settle()
    heard = []
    await did(fleet, "form", "whitepaper")
    for _ in range(3):
        async with lite.read() as tx:
            due = await enrollments.next_due(tx)
        heard.append((due.day, due.hour))
        await fleet.pass_until(due)

    assert heard == [(13, 15), (14, 14), (15, 14)]


async def test_when_nothing_happened_nothing_is_looked_through(lite: Store, company: Company):
    """Thousands may wait: until one is due or does something there is no work at all."""
    steps = [{"wait": "3天"}, {"touch": "a"}]
    fleet = await fleet_of(lite, company, ("L1", "L2", "L3"), one={"enter": ON_FORM, "steps": steps})
    await did(fleet, "form", "whitepaper")
    fleet.now += timedelta(hours=5)

    async with lite.read() as tx:
        assert not await engine.is_work(fleet.desk(tx))
    assert await fleet.settle() == 0


def test_every_change_is_a_message(company: Company):
    """To pause, go on, stop, publish and go back needs no deployment: words do it."""
    del company
    said_so = ("暂停旅程 甲", "恢复旅程 甲", "停止旅程 甲", "发布旅程 甲", "回退旅程 甲")

    assert [type(parse(one)).__name__ for one in said_so] == [
        "SetJourney",
        "SetJourney",
        "SetJourney",
        "PublishJourney",
        "RollBackJourney",
    ]
