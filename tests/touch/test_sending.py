"""From the plan to the wire: asked again at its time, never twice, never after he said stop."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.crm.company.touch import Caps, Touch
from bot.crm.touching import GivenToRep, Planned, Purpose, TouchState
from bot.errors import AnswerLostError, PlatformBusyError
from bot.store import consents, incidents, touch_plans, touch_windows, touches
from bot.store.tables.insight import touches as counted
from bot.touch.deliver import confirmed
from bot.worker.touching import TouchSender
from tests.touch.house import STOPS, bench_of, company_of, rejected
from tests.touch.kf import befriend


async def drain(house, steps: int = 1, push: timedelta = timedelta(seconds=40)) -> None:
    sender = TouchSender(house.bench)
    for _ in range(steps):
        while await sender.step():
            pass
        house.clock.push(push)


async def metric(house):
    async def look(desk):
        return await desk.tx.all(counted.select())

    return await house.unit(look)


async def test_a_planned_mail_arrives_once(house):
    """With a way out, and counted as sent for the owner."""
    await house.ask()
    await drain(house, 3)
    (mail,) = house.sent()
    (row,) = await metric(house)

    assert (mail.to, mail.way, mail.is_marketing) == ("lin1@xinghe.cn", "email.marketing", True)
    assert mail.unsubscribe_url.startswith("https://crm.example.com/u/")
    assert mail.subject.startswith("广告")
    assert (row.channel, row.owner_id, row.sent_at is not None) == ("邮件", "mei", True)
    assert (await house.row()).state is TouchState.SENT


async def test_nothing_goes_after_stop(house):
    """Planned before, said stop, due after: not sent, and the row says why."""
    await house.ask()
    await house.unit(lambda desk: consents.record(desk, "L1", STOPS))
    await drain(house)
    row = await house.row()

    assert house.sent() == []
    assert (row.state, row.reason) == (TouchState.SKIPPED, "suppressed")
    assert await metric(house) == []


async def test_stop_and_send_race_and_the_order_of_commits_decides(house):
    """Whichever commit is first: a message that went had its tombstone before the stop."""
    for n in range(6):
        await house.lead(f"L{n + 2}", n=n + 2)
        await house.ask(f"r{n}", f"L{n + 2}")
    order: list[str] = []

    async def stop(lead_id):
        await house.unit(lambda desk: consents.record(desk, lead_id, STOPS))
        order.append(lead_id)

    async def wire(message):
        order.append(f"wire:{message.touch_id}")

    house.channels["email"].before = wire
    await asyncio.gather(TouchSender(house.bench).step(), *(stop(f"L{n + 2}") for n in range(6)))
    rows = {one.id: one for one in await house.rows()}
    for row in rows.values():
        said = await house.unit(lambda desk, of=row.lead_id: consents.all_of(desk.tx, of))
        assert not said[0].consent.given
        assert row.state in (TouchState.SENT, TouchState.SKIPPED)
    assert len(house.sent()) == sum(one.state is TouchState.SENT for one in rows.values())


async def test_two_senders_send_it_once(house, company, vault, random_bytes):
    """Two processes, one message."""
    for n in range(10):
        await house.lead(f"L{n + 2}", n=n + 2)
        await house.ask(f"k{n}", f"L{n + 2}")
    other, _ = bench_of(house.store, house.bench.company, house.clock, vault, random_bytes, "other")
    other.channels = dict(house.channels)
    await asyncio.gather(*(TouchSender(one).step() for one in (house.bench, other) * 2))
    await drain(house)

    assert sorted(m.to for m in house.sent()) == sorted(f"lin{n + 2}@xinghe.cn" for n in range(10))


async def test_a_lost_answer_is_never_sent_again(house):
    """It counts as if it went, it is counted as unknown, and nobody repeats it."""
    house.channels["email"].faults = [AnswerLostError("email", "no answer")]
    house.channels["email"].acts_first = True
    await house.ask()
    await drain(house, 5, timedelta(hours=1))

    assert len(house.sent()) == 1
    assert (await house.row()).state is TouchState.UNKNOWN
    assert (await house.unit(lambda d: incidents.totals(d.tx)))[("touch.unknown", "email")] == 1
    assert (await house.unit(lambda d: touch_plans.had_content(d.tx, "L1", "news0"))) is not None


async def test_a_keyed_channel_is_asked_again(house):
    """It knows a repeat, so an answer that was lost is had by asking again."""
    channel = house.channels["email"]
    channel.is_keyed, channel.acts_first = True, True
    channel.faults = [AnswerLostError("email", "no answer")]
    await house.ask()
    await drain(house, 4, timedelta(minutes=5))

    assert len(house.sent()) == 1
    assert (await house.row()).state is TouchState.SENT


async def test_a_busy_channel_is_tried_later(house):
    """Certainly not sent: later, and only once."""
    house.channels["email"].faults = [PlatformBusyError("email", timedelta(minutes=1)), None]
    await house.ask()
    await drain(house, 1)
    assert house.sent() == []
    await drain(house, 4, timedelta(minutes=5))

    assert len(house.sent()) == 1
    assert (await house.row()).state is TouchState.SENT


async def test_a_refused_message_gives_its_place_back_and_goes_elsewhere(house):
    """The cap has room again, and the next channel in the order has it."""
    house.channels["email"].faults = [rejected("email")]
    await house.ask(channels=("email", "sms"))
    await drain(house, 2)
    first, second = await house.rows()

    assert (first.state, second.key, second.state) == (TouchState.FAILED, "k1:elsewhere", TouchState.SENT)
    assert second.skipped == {"email.marketing": "failed"}
    assert [one.to for one in house.sent()] == ["+8613800000001"]
    assert [(row.failed_at is not None) for row in await metric(house)].count(True) == 1


async def test_a_refused_message_without_another_channel_is_the_owners(house):
    """Never silently dropped."""
    house.channels["email"].faults = [rejected("email")]
    await house.ask(purpose=Purpose.TRANSACTIONAL, content="notice")
    await drain(house, 2)

    assert (await house.row("k1:elsewhere")).state is TouchState.GIVEN_TO_REP
    assert isinstance(await house.ask("k1:elsewhere"), GivenToRep)


async def test_who_vanished_after_the_tombstone_leaves_it_unknown(house):
    """Nobody knows whether it went, so nobody sends it."""

    async def dies(_message):
        raise asyncio.CancelledError

    house.channels["email"].before = dies
    await house.ask()
    sender = asyncio.create_task(TouchSender(house.bench).step())
    await asyncio.gather(sender, return_exceptions=True)
    assert (await house.row()).state is TouchState.SENDING
    house.channels["email"].before = None
    house.push(minutes=2)
    await drain(house, 3)

    assert house.sent() == []
    assert (await house.row()).state is TouchState.UNKNOWN


async def test_late_at_night_it_waits_for_the_morning(house):
    """It was planned by day; the sender was away until night; it goes at nine, by the customer's clock."""
    await house.ask(not_after=house.clock.now + timedelta(days=2))
    house.push(hours=12)
    await drain(house)
    row = await house.row()
    assert (house.sent(), row.state) == ([], TouchState.PLANNED)
    house.push(hours=11)
    await drain(house)

    (at, _), = house.channels["email"].wire  # fmt: skip
    assert at.astimezone(house.bench.company.org.zone).hour == 9


async def test_after_an_outage_what_is_over_is_skipped(house):
    """No blast of old messages: each says that it came too late."""
    for n in range(3):
        await house.lead(f"L{n + 2}", n=n + 2)
        await house.ask(f"k{n}", f"L{n + 2}", not_after=house.clock.now + timedelta(hours=3))
    house.push(days=1)
    await drain(house)

    assert house.sent() == []
    assert {one.reason for one in await house.rows()} == {"too_late"}


@pytest.mark.parametrize(("channel", "is_there"), [("email", True), ("sms", False)])
async def test_what_no_receipt_follows_is_delivered_when_it_is_taken(house, channel, is_there):
    """Mail that was accepted counts until it comes back; of an SMS its provider tells."""
    await house.ask(channels=(channel,))
    await drain(house)

    (row,) = await metric(house)
    assert (row.sent_at is not None, row.delivered_at is not None) == (True, is_there)


async def test_waiting_by_our_own_rules_is_no_lateness(house):
    """Good for an hour, wanted at night: it goes at nine; an hour later it would be skipped."""
    house.push(hours=11)
    wanted_at = house.clock.now
    await house.ask("a", not_after=wanted_at + timedelta(hours=1))
    await house.lead("L2", n=2)
    await house.ask("b", "L2", not_after=wanted_at + timedelta(hours=1))
    first, second = await house.rows()
    assert first.due_at - wanted_at > timedelta(hours=1)
    assert first.not_after == second.not_after == first.due_at + timedelta(hours=1)
    house.push(hours=(first.due_at - wanted_at) / timedelta(hours=1))
    await drain(house)

    assert len(house.sent()) == 2


async def test_what_was_put_off_at_its_time_goes_in_the_morning(house):
    """By day the sender was away; at night, still in time, it has to wait: in the morning it is not too late."""
    await house.ask(not_after=house.clock.now + timedelta(hours=13))
    house.push(hours=12)
    await drain(house)
    row = await house.row()
    assert (row.state, row.not_after - row.due_at) == (TouchState.PLANNED, timedelta(hours=1))
    house.push(hours=11)
    await drain(house)

    assert len(house.sent()) == 1


async def test_a_cap_is_of_the_day_on_which_it_goes(house, company):
    """Planned for two days, both due on one after an outage: one goes, the other a day later."""
    house.bench.company = company_of(company, Touch(caps=Caps(per_day=1)))
    first, second = await house.ask("a", content="news1"), await house.ask("b", content="news2")
    assert isinstance(first, Planned)
    assert isinstance(second, Planned)
    assert second.at.date() > first.at.date()
    house.push(days=1, hours=1)
    await drain(house, 3)
    assert len(house.sent()) == 1
    house.push(days=1)
    await drain(house, 3)
    days = [at.astimezone(house.bench.company.org.zone).date() for at, _ in house.channels["email"].wire]

    assert len(days) == len(set(days)) == 2


async def test_a_window_that_closed_meanwhile_is_closed(house):
    """The customer wrote 48 hours ago: not over this way any more."""

    async def opened(desk):
        await touch_windows.open_window(
            desk, "L1", way="wechat_service.message", kind="message", address="kf|me"
        )

    await house.unit(opened)
    await house.ask(purpose=Purpose.REPLY, content="answer", channels=("wechat_service", "email"))
    house.push(hours=49)
    await drain(house, 2)

    assert [one.way for one in house.sent()] == ["email.service"]
    assert (await house.row()).reason == "no_window"


async def test_a_colleague_who_has_to_confirm_is_asked_and_waited_for(house):
    """Asked is not sent; sent is what he says, and not twice."""

    await house.unit(lambda desk: befriend(desk, "L1", "mei"))
    await house.ask(channels=("wecom",))
    await drain(house)
    row = await house.row()
    assert (row.state, house.sent()[0].by) == (TouchState.ASKED, "mei")
    assert [one.sent_at for one in await metric(house)] == [None]
    at = house.clock.now
    answers = [
        await house.unit(lambda desk: confirmed(desk, row.id, TouchState.SENT, at=at)) for _ in range(2)
    ]

    assert answers == [True, False]
    assert (await metric(house))[0].sent_at is not None


async def test_who_was_asked_and_never_confirmed_lets_it_expire(house):
    """After two days it is over, and its place under the cap is free."""

    await house.unit(lambda desk: befriend(desk, "L1", "mei"))
    await house.ask(channels=("wecom",))
    await drain(house)
    house.push(days=3)
    await drain(house)

    assert (await house.row()).state is TouchState.EXPIRED


async def test_one_receiver_gets_one_at_a_time(house):
    """Two notices to one customer: the second is on the wire after the first has ended."""
    under_way = most = 0

    async def slow(_message):
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await asyncio.sleep(0)
        under_way -= 1

    house.channels["email"].before = slow
    for n in range(3):
        await house.ask(f"k{n}", purpose=Purpose.TRANSACTIONAL, content="notice")
    await drain(house, 2)

    assert (most, len(house.sent())) == (1, 3)


async def test_a_channel_is_paced(house, company):
    """No more in a minute than is said; the rest waits."""
    house.bench.company = company_of(company, Touch(pace_of={"email": 2}))
    seconds = [0.0]
    house.bench.monotonic = lambda: seconds[0]
    for n in range(5):
        await house.lead(f"L{n + 2}", n=n + 2)
        await house.ask(f"k{n}", f"L{n + 2}")
    sender = TouchSender(house.bench)
    # One step takes what is due at once; what it took before it was full goes.
    while await sender.step():
        pass
    before = len(house.sent())
    await house.lead("L20", n=20)
    await house.ask("late", "L20")
    assert await sender.step() == 0
    seconds[0] += 61
    while await sender.step():
        pass

    assert len(house.sent()) == before + 1


async def test_an_erased_text_is_not_sent_empty(house):
    """The content was taken out of the library meanwhile."""
    await house.ask()
    house.bench.company = replace(house.bench.company, content={})
    await drain(house)

    assert house.sent() == []
    assert (await house.row()).reason == "no_text"


async def test_a_receipt_that_overtakes_the_answer_changes_nothing(house):
    """Delivered is more than sent."""
    await house.ask(channels=("sms",))
    await drain(house)
    row = await house.row()
    marked = await house.unit(
        lambda desk: touches.mark(desk.tx, row.id, touches.Fate.DELIVERED, at=house.clock.now)
    )

    assert marked
