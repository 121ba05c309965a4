"""Claiming, as two reps live it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.assignment import arrive, claim
from bot.crm.lead import LeadStatus
from bot.crm.pool import Refusal
from bot.store import claims, counters, scores, tasks, users
from tests.assignment.conftest import World, labels


@pytest.fixture
async def offered(world: World) -> World:
    """A lead from Shanghai rings in the east."""
    lead = await world.lead()
    await world.unit(lambda desk: arrive.arrive(desk, lead, rings=True))
    return world


async def tap(world: World, user_id: str, lead_id: str = "L1"):
    async def work(desk):
        return await claim.claim(desk, lead_id, by=await users.get(desk.tx, user_id))

    return await world.unit(work)


async def test_a_lead_rings_with_everybody_on_duty_in_its_region(offered):
    """Shanghai belongs to the east: its reps get the card, the south hears nothing."""
    assert labels(await offered.card_of("zhangsan")) == ["领取"]
    assert labels(await offered.card_of("lisi")) == ["领取"]
    assert await offered.cards_of("wangwu") == []
    assert (await offered.get()).status is LeadStatus.OFFERED


async def test_the_first_tap_wins_and_the_others_card_flips(offered):
    """The winner owns it; the loser's card says who and when, and offers nothing any more."""
    won = await tap(offered, "zhangsan")

    assert isinstance(won, claim.Claimed)
    assert won.lead.owner_id == "zhangsan"
    assert won.lead.status is LeadStatus.ASSIGNED
    loser = await offered.card_of("lisi")
    assert loser.note == "已被张三于 10:00:00 领取"
    assert loser.buttons == ()


async def test_a_late_tap_names_the_winner(offered):
    """The answer carries what is needed to say who and when."""
    await tap(offered, "zhangsan")

    refused = await tap(offered, "lisi")

    assert refused.why is Refusal.TAKEN
    assert refused.lead.owner_name == "张三"
    assert refused.lead.owned_at == (await offered.get()).owned_at


async def test_a_second_tap_of_the_winner_changes_nothing(offered):
    """An impatient thumb costs nothing: no row, no quota, no new owner."""
    first = await tap(offered, "zhangsan")

    again = await tap(offered, "zhangsan")

    assert not again.is_new
    assert again.lead.epoch == first.lead.epoch
    key = await offered.unit(_daily)
    assert await offered.unit(lambda desk: counters.read(desk.tx, key)) == 1


async def _daily(desk):
    return claims.daily_key(desk, user_id="zhangsan", pool_id="east")


async def test_the_first_response_clock_runs_in_working_time(offered, now):
    """Claimed at 10:00 on a working day: reminded at 10:30, over two working hours later."""
    await tap(offered, "zhangsan")

    waiting = await offered.timers()

    assert waiting["signal.response.remind"].due_at == now + timedelta(minutes=30)
    assert waiting["signal.response.over"].due_at == now + timedelta(minutes=120)


async def test_a_sales_qualified_lead_brings_an_urgent_task(offered, now):
    """At 60 points whoever takes it is to call within the hour; below, the card is enough."""
    await offered.unit(lambda desk: scores.settle(desk, "L1", 60, tier="hot", is_mql=True, is_sql=True))
    await tap(offered, "zhangsan")

    (task,) = await offered.unit(lambda desk: tasks.open_of_owner(desk, "zhangsan"))
    assert (task.title, task.is_urgent, task.due_at) == (
        "首次联系 林晓·星河科技", True, now + timedelta(minutes=60)
    )  # fmt: skip


async def test_a_lead_below_the_line_brings_no_task(offered):
    """Its card with the deadline is all."""
    await tap(offered, "zhangsan")

    assert await offered.unit(lambda desk: tasks.open_of_owner(desk, "zhangsan")) == []


async def test_an_owned_lead_that_becomes_hot_tells_its_owner(offered):
    """The golden window: he hears of the 60 points, gets a task for it, and it stays his."""
    await tap(offered, "zhangsan")
    await offered.unit(lambda desk: scores.settle(desk, "L1", 60, tier="hot", is_mql=True, is_sql=True))
    lead = await offered.get()

    await offered.unit(lambda desk: arrive.arrive(desk, lead, rings=True))

    notes = [card.note for card in await offered.cards_of("zhangsan")]
    assert "评分到 60，趁热联系" in notes
    assert len(await offered.unit(lambda desk: tasks.open_of_owner(desk, "zhangsan"))) == 1
