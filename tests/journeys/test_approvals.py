"""A journey asks somebody above before it goes on: who, by what, the first answer, none in time."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.chat.card import Card
from bot.journeys.course import course
from bot.journeys.person import Person
from bot.journeys.simulate import Answered, Asked, Happening, Simulation
from bot.store import approvals, enrollments, journeys
from bot.store.tables.journeys import journey_enrollments
from tests.handlers.workday import LINA, WANG, ZHOU
from tests.intake.world import counted
from tests.journeys.fleet import Fleet
from tests.journeys.talking import MARY, OWN, heard, house, say, told
from tests.journeys.walking import DAY, ON_FORM, did, said

ASKS = {
    "approve": "给他八折",
    "by": "manager",
    "within": "1个工作日",
    "then": [{"touch": "a"}],
    "else": [{"touch": "b"}],
}


@pytest.fixture
async def fleet(lite, company) -> Fleet:
    found = await house(lite, company, 折扣={"enter": ON_FORM, "steps": [ASKS]})
    await did(found, "form", "whitepaper")
    return found


async def card_of(fleet: Fleet, who=WANG) -> Card:
    (card,) = [one for one in await heard(fleet, who) if isinstance(one, Card)]
    return card


def press(card: Card, label: str) -> object:
    return next(one.command for one in card.presses if one.label == label)


async def test_the_manager_gets_a_card_and_the_customer_waits(fleet):
    card = await card_of(fleet)

    assert "给他八折" in card.title
    assert [one.label for one in card.presses] == ["同意", "拒绝", "看线索"]
    assert any("L1 林晓" in field.value for field in card.fields)
    assert said(fleet) == []


async def test_a_yes_leads_on_at_once_and_the_owner_hears(fleet):
    reply = await say(fleet, press(await card_of(fleet), "同意"), WANG)
    await fleet.settle()

    assert "王磊同意了" in told(reply)
    assert said(fleet) == ["a"]
    assert "王磊同意了「给他八折」：L1 林晓·星河科技" in (await heard(fleet, LINA))[-1]


async def test_a_no_is_asked_for_its_reason(fleet):
    """Without one nothing is decided; his next words are the reason."""
    asked = await say(fleet, press(await card_of(fleet), "拒绝"), WANG)
    await fleet.settle()
    assert "为什么不同意" in told(asked)
    assert said(fleet) == []

    await say(fleet, "拒绝 P1 预算不够", WANG)
    await fleet.settle()

    assert said(fleet) == ["b"]
    assert "理由：预算不够" in (await heard(fleet, LINA))[-1]


async def test_nobody_answers_in_time(fleet):
    """After a working day it goes on as after a no, and a late yes changes nothing."""
    card = await card_of(fleet)
    await fleet.pass_until(fleet.now + 5 * DAY)
    late = await say(fleet, press(card, "同意"), WANG)
    await fleet.settle()

    assert said(fleet) == ["b"]
    assert "没人答" in told(late)
    assert [row[3] for row in (await fleet.ways())[0][2]] == ["waits", "timeout", "next"]


async def test_no_answer_may_have_a_way_of_its_own(lite, company):
    steps = [{**ASKS, "timeout": [{"touch": "c"}]}, {"touch": "d"}]
    fleet = await house(lite, company, 折扣={"enter": ON_FORM, "steps": steps})
    await did(fleet, "form", "whitepaper")

    await fleet.pass_until(fleet.now + 5 * DAY)

    assert said(fleet) == ["c", "d"]


async def test_the_first_answer_counts(lite, company):
    """Two are asked; the one who comes second sees what was decided."""
    fleet = await house(lite, company, 折扣={"enter": ON_FORM, "steps": [{**ASKS, "by": "director"}]})
    await did(fleet, "form", "whitepaper")
    card = await card_of(fleet, ZHOU)

    await say(fleet, press(card, "同意"), ZHOU)
    again = await say(fleet, "拒绝 P1 太多了", ZHOU)
    await fleet.settle()

    assert "周敏同意了" in told(again)
    assert said(fleet) == ["a"]


async def test_who_was_not_asked_decides_nothing_and_learns_nothing(fleet):
    for who in (LINA, MARY, ZHOU):
        reply = await say(fleet, "批准 P1", who)
        assert "没有请你定的审批" in told(reply)
        assert "八折" not in told(reply)
    await fleet.settle()

    assert said(fleet) == []


async def test_a_group_decides_nothing(fleet):
    assert "私聊" in told(await say(fleet, "批准 P1", WANG, chat="g1"))
    assert "私聊" in told(await say(fleet, "待我审批", WANG, chat="g1"))
    assert said(fleet) == []


async def test_what_waits_is_listed_until_it_is_decided(fleet):
    listed = told(await say(fleet, "待我审批", WANG))
    assert "P1 给他八折：L1 " in listed
    assert "（旅程「折扣」" in listed
    assert "没有等你定的" in told(await say(fleet, "待我审批", LINA))

    await say(fleet, "批准 P1", WANG)

    assert "没有等你定的" in told(await say(fleet, "待我审批", WANG))
    assert "王磊同意了" in told(await say(fleet, "审批 P1", WANG))


async def test_who_left_the_journey_needs_no_word(fleet):
    """The customer was taken out while he waited: the yes is answered, and nothing goes out."""
    card = await card_of(fleet)
    async with fleet.store.read() as tx:
        (row,) = await enrollments.of_leads(tx, ["L1"])
    await fleet.do(lambda desk: enrollments.end(desk, row.id, "left"))

    reply = await say(fleet, press(card, "同意"), WANG)
    await fleet.settle()

    assert "不用定了" in told(reply)
    assert said(fleet) == []
    async with fleet.store.read() as tx:
        assert (await approvals.find(tx, "P1")).state == "void"


async def test_a_marketer_is_asked_without_a_name(lite, company):
    fleet = await house(lite, company, 折扣={"enter": ON_FORM, "steps": [{**ASKS, "by": "marketer"}]})
    await did(fleet, "form", "whitepaper")
    card = await card_of(fleet, MARY)

    assert "林晓" not in str(card)
    await say(fleet, press(card, "同意"), MARY)
    await fleet.settle()
    assert said(fleet) == ["a"]


async def test_with_nobody_to_ask_it_is_counted_and_goes_on_in_time(lite, company):
    fleet = await house(lite, company, 折扣={"enter": ON_FORM, "steps": [{**ASKS, "by": "marketer"}]})
    from bot.store.tables.people import users

    await fleet.do(lambda desk: desk.tx.run(users.update().where(users.c.id == "mary").values(active=False)))
    await did(fleet, "form", "whitepaper")
    await fleet.pass_until(fleet.now + 5 * DAY)

    assert said(fleet) == ["b"]
    assert await fleet.do(lambda desk: counted(desk, "journey.nobody_to_approve")) == {"折扣": 1}


async def test_an_event_does_not_stand_in_for_an_answer(fleet):
    """He does all sorts of things while he waits: only a colleague's word or time leads on."""
    await did(fleet, "event", "mail_opened")
    await did(fleet, "form", "event")
    fleet.now += timedelta(hours=1)
    await fleet.settle()

    async with fleet.store.read() as tx:
        (row,) = await tx.all(journey_enrollments.select())
    assert row.awaits_since is not None
    assert said(fleet) == []


@pytest.mark.parametrize("word", ["同意", "拒绝", ""])
async def test_it_is_simulated_as_it_happens(lite, company, word):
    """A yes, a no and none in time: step for step the same."""
    fleet = await house(lite, company, 折扣={"enter": ON_FORM, "steps": [{"wait": "1小时"}, ASKS]})
    begins = fleet.now
    await did(fleet, "form", "whitepaper")
    await fleet.pass_until(begins + timedelta(hours=2))
    if word:
        await say(fleet, f"{word} P1 因为", WANG)
    await fleet.pass_until(begins + 5 * DAY)
    happened = [step for way in await fleet.ways() for step in way[2]]

    verdict = {"同意": "approved", "拒绝": "refused"}.get(word, "")
    own = fleet.company
    ways = {key: course(key, 1, made) for key, made in own.journeys.items()}
    simulation = Simulation(own, Person("L1", own, {"status": "working"}), ways, planner=by_mail)
    life = [Happening(begins, "form", "whitepaper")]
    life += [Happening(begins + timedelta(hours=2), "approval", verdict)] if verdict else []
    await simulation.play(life, begins_at=begins, until=begins + 5 * DAY)

    assert [
        (one.at, one.place, one.occurrence, one.outcome, one.note) for one in simulation.lines
    ] == happened


async def by_mail(_asked: Asked) -> Answered:
    return Answered("email")


async def test_a_stopped_journey_needs_no_word_either(fleet):
    """Also before everybody in it was let out."""
    card = await card_of(fleet)
    await fleet.do(lambda desk: journeys.put(desk, "折扣", 1, journeys.STOPPED, by="m"))

    assert "不用定了" in told(await say(fleet, press(card, "同意"), WANG))
    await fleet.settle()
    assert said(fleet) == []


async def test_what_nobody_needs_any_more_is_not_listed(fleet):
    """Its journey was stopped, and nobody was let out yet: asking settles it."""
    await card_of(fleet)
    await fleet.do(lambda desk: journeys.put(desk, "折扣", 1, journeys.STOPPED, by="m"))

    assert "没有等你定的" in told(await say(fleet, "待我审批", WANG))
    async with fleet.store.read() as tx:
        assert (await approvals.find(tx, "P1")).state == "void"


@pytest.mark.parametrize("words", ["批准 P1 P2", "批准 P1、p2"])
async def test_two_at_once_are_asked_for_one_by_one(fleet, words):
    """The second number is no reason: neither is decided."""
    assert "批准 P1；批准 P2" in told(await say(fleet, words, WANG))
    async with fleet.store.read() as tx:
        assert (await approvals.find(tx, "P1")).state == "asked"


async def test_of_many_it_is_said_how_many_there_are_more(lite, company):
    """The most pressing first, by their numbers."""
    names = tuple(f"L{n}" for n in range(1, 13))
    fleet = await house(lite, company, 折扣={"enter": ON_FORM, "steps": [ASKS]})
    for lead_id in names[1:]:
        await fleet.lead(lead_id, **OWN)
    for lead_id in names:
        await did(fleet, "form", "whitepaper", lead_id)
    lines = told(await say(fleet, "待我审批", WANG)).splitlines()

    assert [line.split()[1] for line in lines if line.startswith("·")] == [f"P{n}" for n in range(1, 11)]
    assert "还有 2 件" in lines[-2]
