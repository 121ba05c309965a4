"""Leads that come back: re-enquiries, returns, the response clock, hand-overs, leavers."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.assignment import arrive, claim, leave, overdue, reassign, release
from bot.crm.follow_up import FollowUpKind
from bot.crm.lead import LeadStatus
from bot.crm.pool import Refusal
from bot.kit.wire import unpack
from bot.store import counters, follow_ups, lead_status, leads, tasks, tenures, users
from tests.assignment.conftest import World, labels


async def tap(world: World, user_id: str, lead_id: str = "L1"):
    async def work(desk):
        return await claim.claim(desk, lead_id, by=await users.get(desk.tx, user_id))

    return await world.unit(work)


@pytest.fixture
async def owned(world: World) -> World:
    """张三 has the lead."""
    lead = await world.lead()
    await world.unit(lambda desk: arrive.arrive(desk, lead, rings=True))
    await tap(world, "zhangsan")
    return world


async def held_by(world, user_id):
    return await world.unit(lambda desk: counters.read(desk.tx, f"holding:{user_id}"))


async def give_back(world, reason="忙不过来"):
    async def work(desk):
        lead = await leads.get(desk.tx, "L1")
        owner = await users.get(desk.tx, lead.owner_id)
        return await release.release(desk, lead, owner=owner, reason=reason)

    return await world.unit(work)


async def over(world, clock):
    row = (await world.timers())["signal.response.over"]
    clock.now = row.due_at
    command = unpack(row.payload)
    return await world.unit(lambda desk: overdue.over(desk, command.lead_id, command.epoch))


async def test_a_known_customer_who_writes_again_rings_his_owner_and_restarts_the_clock(owned, clock):
    """He reads what the customer wrote, and his time counts from now."""
    clock.push(timedelta(minutes=100))
    lead = await owned.get()

    await owned.unit(lambda desk: arrive.re_enquire(desk, lead, "什么时候能上线？"))

    notes = [card.note for card in await owned.cards_of("zhangsan")]
    assert "客户又来了：什么时候能上线？" in notes
    due = (await owned.timers())["signal.response.over"].due_at
    # 20 minutes are left before noon, 100 go on after 13:30.
    assert due == clock.now + timedelta(minutes=20 + 90 + 100)
    assert (await owned.get()).owner_id == "zhangsan"


async def test_a_customer_of_nobody_who_writes_again_is_offered_again(world, clock):
    """Unowned: it rings anew, though it rang before."""
    lead = await world.lead()
    await world.unit(lambda desk: arrive.arrive(desk, lead, rings=True))
    clock.push(timedelta(minutes=5))

    fresh = await world.get()
    await world.unit(lambda desk: arrive.re_enquire(desk, fresh))

    assert len(await world.cards_of("zhangsan")) == 2


async def test_an_invalid_lead_that_writes_again_comes_back(owned):
    """Whoever writes to us is not worthless; nobody owns it, and it rings."""

    async def close(desk):
        lead = await leads.get(desk.tx, "L1")
        owner = await users.get(desk.tx, "zhangsan")
        return await release.invalidate(desk, lead, by=owner, owner=owner, reason="无需求")

    closed = await owned.unit(close)
    assert (closed.status, closed.invalid_reason) == (LeadStatus.INVALID, "无需求")
    assert await held_by(owned, "zhangsan") == 0

    back = await owned.unit(lambda desk: arrive.re_enquire(desk, closed))

    assert (back.status, back.owner_id) == (LeadStatus.RECYCLED, None)
    assert any(labels(card) == ["领取"] for card in await owned.cards_of("lisi"))


async def test_a_returned_lead_rings_with_others_and_not_with_him(owned):
    """He gave it back: it is offered to colleagues, and his own card says what he did."""
    await give_back(owned)

    lead = await owned.get()
    assert (lead.status, lead.owner_id, lead.previous_owner_id) == (LeadStatus.RECYCLED, None, "zhangsan")
    cards = await owned.cards_of("zhangsan")
    assert [card.note for card in cards] == ["你已退回公海"]
    assert cards[0].text == "原因：忙不过来"
    assert all(labels(card) == ["领取"] for card in await owned.cards_of("lisi"))
    assert await held_by(owned, "zhangsan") == 0


async def test_a_return_gives_no_claim_of_the_day_back(owned):
    """Claim and dump is no game: the ledger keeps the claim."""
    await give_back(owned)

    assert (await tap(owned, "zhangsan")).why is Refusal.COOLING
    key = "claims:east:zhangsan:2026-11-18"
    assert await owned.unit(lambda desk: counters.read(desk.tx, key)) == 1


async def test_after_the_cool_down_he_may_take_it_again(owned, clock):
    """Seven days by default."""
    await give_back(owned)
    clock.push(timedelta(days=7, minutes=1))

    assert isinstance(await tap(owned, "zhangsan"), claim.Claimed)


async def test_the_cool_down_holds_though_somebody_else_had_it_in_between(owned):
    """Passing it to a friend and back is no way round it."""
    await give_back(owned)
    await tap(owned, "lisi")
    await give_back(owned)

    assert (await tap(owned, "zhangsan")).why is Refusal.COOLING


async def test_an_owner_who_does_not_answer_is_reminded_then_loses_the_lead(owned, clock):
    """30 minutes: a reminder. 120: back to the pool, and his card says why."""
    row = (await owned.timers())["signal.response.remind"]
    clock.now = row.due_at
    command = unpack(row.payload)
    assert await owned.unit(lambda desk: overdue.remind(desk, command.lead_id, command.epoch))
    reminder = next(card for card in await owned.cards_of("zhangsan") if card.kind == "response_reminder")
    assert reminder.note == "请在 12:00 前跟进，否则收回"

    assert await over(owned, clock)

    lead = await owned.get()
    assert lead.owner_id is None
    cards = await owned.cards_of("zhangsan")
    assert {(card.note, card.text) for card in cards} == {("已收回公海", "原因：超时未跟进")}
    history = await owned.unit(lambda desk: tenures.of_lead(desk.tx, "L1"))
    assert [(one.owner_id, one.ended_how, one.ended_by) for one in history] == [
        ("zhangsan", "recycled", "system")
    ]


async def test_an_owner_who_has_answered_keeps_the_lead(owned, clock):
    """The clock may ring as late as it likes."""

    async def follow_up(desk):
        lead = await leads.get(desk.tx, "L1")
        owner = await users.get(desk.tx, "zhangsan")
        await follow_ups.record(desk, lead, by=owner, owner=owner, kind=FollowUpKind.CALL, text="已电话")
        status = LeadStatus.WORKING
        await lead_status.set_status(desk, lead, status, by=owner, owner=owner, reason="followed_up")

    clock.push(timedelta(minutes=10))
    await owned.unit(follow_up)

    assert not await over(owned, clock)
    assert (await owned.get()).owner_id == "zhangsan"


async def test_a_timer_of_an_older_owner_has_no_say(owned, clock):
    """The lead changed hands: the first owner's deadline is not the second's."""
    row = (await owned.timers())["signal.response.over"]
    await give_back(owned)
    clock.push(timedelta(minutes=60))
    await tap(owned, "lisi")

    clock.now = row.due_at
    command = unpack(row.payload)
    assert not await owned.unit(lambda desk: overdue.over(desk, command.lead_id, command.epoch))

    assert (await owned.get()).owner_id == "lisi"


async def test_a_manager_gives_the_lead_to_somebody_else(owned):
    """The new owner gets the card, the old one reads by whom; the holding moves along."""

    async def work(desk):
        to, by = await users.get(desk.tx, "lisi"), await users.get(desk.tx, "zhaoliu")
        return (await reassign.reassign(desk, await leads.get(desk.tx, "L1"), to=to, by=by)).lead

    lead = await owned.unit(work)

    assert (lead.owner_id, lead.status) == ("lisi", LeadStatus.ASSIGNED)
    assert (await held_by(owned, "zhangsan"), await held_by(owned, "lisi")) == (0, 1)
    gone = await owned.card_of("zhangsan")
    assert gone.note == "已改派给李四"
    assert gone.text == "赵六改派"
    fresh = [card for card in await owned.cards_of("lisi") if card.note == "赵六分给你"]
    assert [card.kind for card in fresh] == ["lead_owned"]


async def test_the_history_of_owners_has_no_gap(owned, clock):
    """Claimed, returned, claimed, handed over: each tenure begins where an end or a claim was."""
    await give_back(owned)
    clock.push(timedelta(minutes=1))
    await tap(owned, "lisi")

    async def hand_over(desk):
        lead = await leads.get(desk.tx, "L1")
        to, by = await users.get(desk.tx, "wangwu"), await users.get(desk.tx, "lisi")
        await reassign.reassign(desk, lead, to=to, by=by)

    await owned.unit(hand_over)

    history = await owned.unit(lambda desk: tenures.of_lead(desk.tx, "L1"))
    assert [(one.owner_id, one.how, one.ended_how) for one in history] == [
        ("zhangsan", "claimed", "released"),
        ("lisi", "claimed", "transferred"),
        ("wangwu", "transferred", ""),
    ]
    assert [one.epoch for one in history] == [1, 3, 4]


async def left(world, user_id, leads_to="pool"):
    """Carry the departure out to its end; how many units it took."""
    for units in range(1, 30):

        async def work(desk):
            return await leave.leave(desk, await users.get(desk.tx, user_id), leads_to=leads_to)

        if not await world.unit(work):
            return units
    raise AssertionError(user_id)


async def test_who_leaves_gets_nothing_new_and_leaves_nothing_behind(owned):
    """The lead goes back and rings with others, the task to the manager, and he reads what came of it."""

    async def add_task(desk):
        owner = await users.get(desk.tx, "zhangsan")
        await tasks.add(desk, owner=owner, title="写周报", due_at=desk.now + timedelta(days=1), by=owner.id)

    await owned.unit(add_task)
    second = await owned.lead("L2")
    await owned.unit(lambda desk: arrive.arrive(desk, second, rings=False))
    await tap(owned, "zhangsan", "L2")

    await left(owned, "zhangsan")

    gone = await owned.user("zhangsan")
    assert not gone.active
    for lead_id in ("L1", "L2"):
        lead = await owned.get(lead_id)
        assert (lead.owner_id, lead.status) == (None, LeadStatus.RECYCLED)
    assert any(labels(card) == ["领取"] for card in await owned.cards_of("lisi"))
    managers = await owned.unit(lambda desk: tasks.open_of_owner(desk, "zhaoliu"))
    assert [task.title for task in managers] == ["写周报"]
    assert await held_by(owned, "zhangsan") == 0
    assert await tap(owned, "zhangsan") == claim.Refused(Refusal.NOT_YOURS)


async def test_a_company_may_give_a_leavers_leads_to_the_manager(owned):
    """Then they do not ring again; the manager has them with a word of why."""
    await left(owned, "zhangsan", leads_to="manager")

    lead = await owned.get()
    assert lead.owner_id == "zhaoliu"
    assert "张三已离职，这条线索转给你" in [card.note for card in await owned.cards_of("zhaoliu")]
    assert await held_by(owned, "zhaoliu") == 1
