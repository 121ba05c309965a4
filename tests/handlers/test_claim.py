"""What people see when they press 领取."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.assignment import arrive
from bot.crm.commands import ClaimLead
from bot.handlers.claim import on_claim
from bot.store import counters, users
from bot.store.tables.leads import claims
from tests.assignment.conftest import labels


@pytest.fixture
async def pool(world):
    """A lead rings in the east."""
    lead = await world.lead()
    await world.unit(lambda desk: arrive.arrive(desk, lead, rings=True))
    return world


async def ledger(world):
    async def look(desk):
        return [(row.user_id, row.outcome) for row in await desk.tx.all(select(claims).order_by(claims.c.id))]

    return await world.unit(look)


async def test_the_first_press_turns_the_card_into_his(pool, ask):
    """The winner may do everything from now on; the number is still masked."""
    reply = await ask(on_claim, ClaimLead("L1"), "zhangsan")

    assert labels(reply.card) == ["看电话", "跟进", "转商机", "转交", "退回", "无效"]
    assert reply.card.title == "待跟进：林晓·星河科技"
    assert reply.card.fields[0].value == "138****5678"
    assert reply.topic == "lead:L1"


async def test_the_second_press_reads_who_was_faster_and_when(pool, ask):
    """To the second, and the try is written down."""
    await ask(on_claim, ClaimLead("L1"), "zhangsan")

    reply = await ask(on_claim, ClaimLead("L1"), "lisi")

    assert reply.card.note == "已被张三于 10:00:00 领取"
    assert await ledger(pool) == [("zhangsan", "won"), ("lisi", "taken")]


async def test_the_winner_who_presses_again_gets_the_same_card(pool, ask):
    """And no row in the ledger."""
    first = await ask(on_claim, ClaimLead("L1"), "zhangsan")

    assert await ask(on_claim, ClaimLead("L1"), "zhangsan") == first
    assert await ledger(pool) == [("zhangsan", "won")]


async def test_a_full_day_takes_nothing_and_says_so(pool, ask):
    """Ten of ten: the lead stays in the pool and the button on the card."""

    async def fill(desk):
        for _ in range(10):
            await counters.take(desk.tx, "claims:east:zhangsan:2026-11-18", cap=None)

    await pool.unit(fill)
    reply = await ask(on_claim, ClaimLead("L1"), "zhangsan")

    assert reply.card.note == "今日已领 10/10，明天再来"
    assert labels(reply.card) == ["领取"]
    assert (await pool.get()).owner_id is None
    assert await ledger(pool) == [("zhangsan", "capped_day")]


async def test_full_hands_cost_no_claim_of_the_day(pool, ask):
    """The day's place that was taken first is given back in the same breath."""

    async def fill(desk):
        for _ in range(50):
            await counters.take(desk.tx, "holding:zhangsan", cap=None)

    await pool.unit(fill)
    reply = await ask(on_claim, ClaimLead("L1"), "zhangsan")

    assert reply.card.note == "手上已有 50/50 条，先退回或转商机"
    read = await pool.unit(lambda desk: counters.read(desk.tx, "claims:east:zhangsan:2026-11-18"))
    assert read == 0


async def test_who_is_off_duty_is_told_how_to_come_back(pool, ask):
    """The card rang before he left."""

    async def off(desk):
        await users.set_duty(desk, await users.get(desk.tx, "lisi"), is_on=False)

    await pool.unit(off)

    assert (await ask(on_claim, ClaimLead("L1"), "lisi")).card.note == "你在请假，发「值班」后再领"


async def test_a_lead_of_another_region_does_not_exist_for_him(pool, ask):
    """The same answer as for a number that was never given out."""
    strange = await ask(on_claim, ClaimLead("L1"), "wangwu", tapped=False)
    nothing = await ask(on_claim, ClaimLead("L999"), "wangwu", tapped=False)

    assert strange.card == nothing.card
    assert strange.card.title == "没有这条线索"
    assert await ledger(pool) == [("wangwu", "not_yours")]
