"""Everything that can happen to leads, in random order and many at once: the books still agree."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from itertools import pairwise
from typing import Any

import pytest

from bot.assignment.leave import leave
from bot.crm import commands as c
from bot.crm.pool import HELD, WAITING
from bot.handlers import Scope
from bot.store import claims as ledger
from bot.store import counters, leads, users
from bot.store.tables.leads import claims, lead_keys, tenures
from bot.store.tables.leads import leads as lead_table
from bot.store.tables.sales import accounts, opportunities, stage_changes, tasks
from tests.handlers.workday import CHEN, EAST, GAO, LINA, ROUTER, WANG, ZHOU, Day, staff
from tests.intake.world import enquire

STEPS, AT_ONCE = 120, 12
#: The same three people, each number in several spellings.
PHONES = (
    ("13812345678", "+86 138 1234 5678", "138-1234-5678", "１３８１２３４５６７８"),
    ("13912340077", "8613912340077", "0086 139 1234 0077"),
    ("13700001234",),
)
PEOPLE = (LINA, GAO, CHEN, WANG, ZHOU)


@pytest.fixture
async def day(unit: Any, clock: Any) -> Day:
    await unit(staff)
    return Day(unit, clock)


def somebody_does(rng: random.Random) -> Any:
    """One thing, by anybody, to anything: a unit of work."""
    lead, deal = f"L{rng.randint(1, 4)}", f"D{rng.randint(1, 3)}"
    who, other = rng.choice(PEOPLE), rng.choice(PEOPLE)
    task = f"T{rng.randint(1, 8)}"
    command = rng.choice(
        (
            c.ClaimLead(lead), c.ClaimLead(lead), c.ClaimLead(lead), c.ReleaseLead(lead, "联系不上"),
            c.MarkInvalid(lead, "空号"), c.ReassignLead(lead, other.id), c.ConvertLead(lead, "专业版", "5万"),
            c.RecordFollowUp(lead, "已电话,明天回访"), c.WinDeal(deal, "5万"), c.LoseDeal(deal, "价格"),
            c.CompleteTask(task), c.PostponeTask(task, "后天"), c.HandOverTask(task, other.id),
            c.QuoteDeal(deal, "6万"),
        )
    )  # fmt: skip
    phone = rng.choice(rng.choice(PHONES))
    kind = rng.random()

    async def unit(desk: Any) -> None:
        if kind < 0.15:
            form = "website" if kind < 0.1 else "whitepaper"
            await enquire(desk, form, phone=phone, city=rng.choice(("上海", "深圳", "")))
        elif kind < 0.17:
            gone = await users.get(desk.tx, rng.choice((GAO.id, CHEN.id)))
            while await leave(desk, gone):
                pass
        else:
            actor = await users.get(desk.tx, who.id)
            if actor.active:
                await ROUTER.route(command).handler(command, Scope(desk, actor))

    return unit


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_happens_the_books_agree(day: Day, unit: Any, company: Any, seed: int):
    """One owner to an epoch, counters as the rows say, one lead to a phone, one end to a deal."""
    rng = random.Random(seed)
    for start in range(0, STEPS, AT_ONCE):
        await asyncio.gather(*(unit(somebody_does(rng)) for _ in range(AT_ONCE)))
        day.push(minutes=rng.choice((1, 30, 60 * 24)))
        if start % (AT_ONCE * 3) == 0:
            await books_agree(day, company)
    await books_agree(day, company)


async def books_agree(day: Day, company: Any) -> None:
    """The invariants of reliability, read from the rows."""
    every, had = await day.rows(lead_table), await day.rows(tenures)
    held = Counter(one.owner_id for one in every if one.owner_id and one.status in HELD)
    for who in PEOPLE:
        counted = await day.unit(lambda desk, w=who: counters.read(desk.tx, ledger.holding_key(w.id)))
        assert counted == held[who.id], who.id
    for lead in every:
        own = sorted((one for one in had if one.lead_id == lead.id), key=lambda one: one.epoch)
        open_now = [one for one in own if one.to_at is None]
        assert len(open_now) <= 1
        if lead.owner_id is None or lead.status == "invalid":
            assert open_now == []
        else:
            assert [one.owner_id for one in open_now] == [lead.owner_id]
            assert own[-1].epoch == open_now[0].epoch <= lead.epoch
        assert (lead.status in WAITING) == (
            lead.owner_id is None and lead.status not in {"invalid", "converted"}
        )
        for before, after in pairwise(own):
            assert before.to_at is not None
            assert before.to_at <= after.from_at
    wins = Counter((one.lead_id, one.epoch) for one in await day.rows(claims) if one.outcome == "won")
    assert set(wins.values()) <= {1}
    claimed = [one for one in had if one.how == "claimed"]
    assert len(claimed) == wins.total()
    await one_of_each(day, every)


async def one_of_each(day: Day, every: list[Any]) -> None:
    keys = await day.rows(lead_keys)
    assert len({(one.kind, one.digest) for one in keys}) == len(keys)
    assert len(every) <= len(PHONES)
    deals, moves = await day.rows(opportunities), await day.rows(stage_changes)
    assert max(Counter(one.lead_id for one in deals).values(), default=0) <= 1
    assert len({one.name_key for one in await day.rows(accounts) if one.name_key}) == len(
        [one for one in await day.rows(accounts) if one.name_key]
    )
    for deal in deals:
        ends = [one for one in moves if one.opportunity_id == deal.id and one.after in {"赢单", "输单"}]
        assert len(ends) == (deal.closed_at is not None)
    for task in await day.rows(tasks):
        assert (task.state == "open") == (task.done_at is None)
    gone = {one.id for one in await day.unit(lambda desk: users.everybody(desk.tx)) if not one.active}
    assert not [one.id for one in every if one.owner_id in gone]
    assert not [one.id for one in deals if one.owner_id in gone and one.closed_at is None]
    assert not [one.id for one in await day.rows(tasks) if one.owner_id in gone and one.state == "open"]


async def test_two_spellings_of_one_phone_at_once_are_one_lead(day: Day, unit: Any):
    """The unique key decides, not who looked first."""
    made = await asyncio.gather(*(unit(lambda desk, p=p: enquire(desk, phone=p)) for p in PHONES[0] * 3))

    assert len({lead.id for lead in made}) == 1


async def test_two_presses_for_the_next_day_make_one_task(day: Day):
    """The same button on two devices: the second shows the task of the first."""
    await day.lead(region=EAST)
    card = (await day.says(LINA, "跟进 L1 已电话")).card
    assert card is not None
    label = next(one.label for one in card.buttons)
    await asyncio.gather(day.presses(LINA, card, label), day.presses(LINA, card, label))

    assert len([one for one in await day.rows(tasks) if one.state == "open" and one.lead_id == "L1"]) == 1


async def test_a_deal_won_lost_and_quoted_in_one_instant_ends_once(day: Day):
    """Whoever comes second reads that it is over."""
    await day.lead()
    await day.says(LINA, "转商机 L1 专业版 5万")
    said = ("D1 赢单", "D1 赢单 6万", "D1 输单 价格", "报价 D1 7万", "商机 D1 金额 8万", "D1 到商务谈判")
    await asyncio.gather(*(day.says(who, one) for one in said for who in (LINA, WANG)))

    moves = [one.after for one in await day.rows(stage_changes)]
    deal = (await day.rows(opportunities))[0]
    assert moves.count("赢单") + moves.count("输单") == 1
    assert deal.stage == next(one for one in reversed(moves))
    lead = await day.unit(lambda desk: leads.get(desk.tx, "L1"))
    assert lead.status == "converted"
