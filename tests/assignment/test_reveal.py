"""Delayed reveal: taps of five seconds are collected, then one of them is chosen by a rule."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.assignment import arrive
from bot.assignment.claim import Refused, claim
from bot.assignment.reveal import reveal
from bot.crm.assigning_signals import RevealLead
from bot.crm.commands import ClaimLead, ReassignLead
from bot.crm.pool import Refusal
from bot.crm.user import Role, User
from bot.intake.merge import merge
from bot.store import claims, counters, decisions, outbox, reveal_taps
from bot.store.desk import Desk
from bot.store.tables.leads import claims as ledger
from bot.store.tables.leads import leads as lead_table
from bot.store.tables.leads import tenures
from bot.store.tables.machinery import outbox as queue
from tests.assignment.conftest import EAST, World, hire, labels
from tests.assignment.firm import Firm, with_terms

GAO = User(id="gao", name="高峰", role=Role.REP, region=EAST, team="南京组")


@pytest.fixture
async def firm(world: World, company: Any, clock: Any) -> Firm:
    """A lead rings in the east, where taps are collected for five seconds."""
    firm = Firm(world, with_terms(company, reveal_seconds=5), clock)
    await firm.unit(lambda desk: hire(desk, GAO))
    lead = await world.lead()
    await firm.unit(lambda desk: arrive.arrive(desk, lead, rings=True))
    return firm


async def took(firm: Firm, user_id: str, count: int) -> None:
    """He has taken so many leads today."""

    async def work(desk: Any) -> None:
        key = claims.daily_key(desk, user_id=user_id, pool_id="east")
        for number in range(count):
            await counters.take(desk.tx, key, cap=None)
            user = User(id=user_id, name="", role=Role.REP, region=EAST, team="")
            await claims.note(desk, lead_id=f"L9{number}", by=user, pool_id="east", epoch=0)

    await firm.unit(work)


async def texts_to(firm: Firm, who: str) -> list[str]:
    import orjson

    async def look(desk: Any) -> list[str]:
        rows = await desk.tx.all(
            select(queue).where(queue.c.recipient == who, queue.c.kind == "text").order_by(queue.c.id)
        )
        return [
            orjson.loads(desk.vault.open(row.body, f"outbox.body:{row.lane_key}:{row.key}"))["text"]
            for row in rows
        ]

    return await firm.unit(look)


async def after_five_seconds(firm: Firm) -> None:
    firm.clock.push(timedelta(seconds=5))
    await firm.run_due()


async def test_a_tap_is_registered_and_decides_nothing_yet(firm: Firm):
    """He reads that it counts and when it is decided; the lead is nobody's."""
    reply = await firm.does("zhangsan", ClaimLead("L1"), tapped=True)

    assert reply.card is not None
    assert (reply.card.note, labels(reply.card)) == ("已登记，5 秒后见分晓", [])
    assert (await firm.world.get()).owner_id is None
    waiting = await firm.world.timers()
    assert waiting["signal.lead.reveal"].due_at == firm.clock.now + timedelta(seconds=5)


async def test_whoever_took_fewest_today_gets_it_however_slow_he_was(firm: Firm):
    """Three tap; the last of them has taken none today. Both others hear who and why."""
    await took(firm, "zhangsan", 3)
    await took(firm, "lisi", 1)
    for who in ("zhangsan", "lisi", "gao"):
        await firm.does(who, ClaimLead("L1"), tapped=True)
        firm.clock.push(timedelta(seconds=1))

    firm.clock.push(timedelta(seconds=2))
    await firm.run_due()

    lead = await firm.world.get()
    assert lead.owner_id == "gao"
    assert (await texts_to(firm, "lisi"))[-1] == ("L1 揭晓：归高峰。按今天领得最少的选：高峰 0 条，你 1 条。")
    assert (await texts_to(firm, "zhangsan"))[-1].endswith("高峰 0 条，你 3 条。")
    assert [card.kind for card in await firm.world.cards_of("gao")] == ["lead_owned"]
    assert (await firm.world.cards_of("lisi"))[0].note.startswith("已被高峰于")


async def test_the_first_tap_sets_the_time_and_a_second_tap_moves_nothing(firm: Firm):
    """An impatient thumb neither prolongs it nor gets two lots."""
    await firm.does("zhangsan", ClaimLead("L1"), tapped=True)
    due = (await firm.world.timers())["signal.lead.reveal"].due_at
    firm.clock.push(timedelta(seconds=3))
    for who in ("zhangsan", "lisi", "zhangsan"):
        await firm.does(who, ClaimLead("L1"), tapped=True)

    assert (await firm.world.timers())["signal.lead.reveal"].due_at == due
    tapped = await firm.unit(lambda desk: reveal_taps.waiting(desk.tx, "L1", 0))
    assert tapped == ["zhangsan", "lisi"]


async def test_equals_are_drawn_by_a_lot_that_anybody_can_draw_again(firm: Firm, company: Any):
    """The same taps give the same winner, in whatever order they came."""
    firm.company = with_terms(company, reveal_seconds=5, reveal_by="lot")
    for who in ("gao", "lisi", "zhangsan"):
        await firm.does(who, ClaimLead("L1"), tapped=True)
    await after_five_seconds(firm)

    import hashlib

    drawn = min(
        ("gao", "lisi", "zhangsan"), key=lambda one: hashlib.sha256(f"L1:0:{one}".encode()).hexdigest()
    )
    assert (await firm.world.get()).owner_id == drawn
    loser = next(one for one in ("lisi", "zhangsan") if one != drawn)
    assert "抽签决定" in (await texts_to(firm, loser))[-1]


async def test_the_underserved_come_first_over_thirty_days(firm: Firm, company: Any):
    """What they got by whatever way counts, not only what they took today."""
    firm.company = with_terms(company, reveal_seconds=5, reveal_by="underserved")

    async def had(desk: Any) -> None:
        for number, who in enumerate(("zhangsan", "zhangsan", "lisi")):
            row = {"lead_id": f"L5{number}", "epoch": 1, "owner_id": who, "team": "", "region": EAST}
            row |= {"how": "assigned", "by": "system", "reason": "", "from_at": desk.now - timedelta(days=9)}
            await desk.tx.insert(tenures, row)

    await firm.unit(had)
    for who in ("zhangsan", "lisi"):
        await firm.does(who, ClaimLead("L1"), tapped=True)
    await after_five_seconds(firm)

    assert (await firm.world.get()).owner_id == "lisi"


async def test_who_is_full_when_it_is_decided_is_passed_over(firm: Firm, company: Any):
    """His last place went meanwhile: the next one gets it, and he reads why he did not."""
    firm.company = with_terms(company, reveal_seconds=5, daily_claims=1)
    for who in ("gao", "lisi"):
        await firm.does(who, ClaimLead("L1"), tapped=True)
    winner = min(
        ("gao", "lisi"), key=lambda one: __import__("hashlib").sha256(f"L1:0:{one}".encode()).hexdigest()
    )
    other = "lisi" if winner == "gao" else "gao"

    async def fill(desk: Any) -> None:
        await counters.take(desk.tx, claims.daily_key(desk, user_id=winner, pool_id="east"), cap=1)

    await firm.unit(fill)
    await after_five_seconds(firm)

    assert (await firm.world.get()).owner_id == other
    assert (await texts_to(firm, winner))[-1].endswith("你这次领不了：今日已领 1/1，明天再来。")
    read = await firm.unit(
        lambda desk: counters.read(desk.tx, claims.daily_key(desk, user_id=winner, pool_id="east"))
    )
    assert read == 1


async def test_nobody_can_have_it_and_all_may_tap_again(firm: Firm, company: Any):
    """It stays in the pool; a later tap begins a new round."""
    firm.company = with_terms(company, reveal_seconds=5, holding=1)
    await firm.does("gao", ClaimLead("L1"), tapped=True)
    await firm.unit(lambda desk: counters.take(desk.tx, claims.holding_key("gao"), cap=1))
    await after_five_seconds(firm)
    assert (await firm.world.get()).owner_id is None
    assert (await texts_to(firm, "gao"))[-1] == "L1 揭晓：没给成，还在公海。手上已有 1/1 条，先退回或转商机。"

    await firm.unit(lambda desk: counters.give(desk.tx, claims.holding_key("gao")))
    await firm.does("gao", ClaimLead("L1"), tapped=True)
    await after_five_seconds(firm)

    assert (await firm.world.get()).owner_id == "gao"


async def test_a_manager_who_gives_it_away_meanwhile_ends_it(firm: Firm):
    """Whoever tapped is told; the timer changes nothing any more."""
    await firm.does("gao", ClaimLead("L1"), tapped=True)
    await firm.does("zhaoliu", ReassignLead("L1", "lisi"))
    await after_five_seconds(firm)

    assert (await firm.world.get()).owner_id == "lisi"
    assert (await texts_to(firm, "gao"))[-1] == "L1 已由李四负责，这次不揭晓了。"


async def test_carrying_the_reveal_out_again_changes_nothing(firm: Firm):
    """After a crash the timer may fire twice: one owner, one row in the ledger for each."""
    for who in ("gao", "lisi"):
        await firm.does(who, ClaimLead("L1"), tapped=True)
    await after_five_seconds(firm)
    before = len(await texts_to(firm, "lisi")), len(await texts_to(firm, "gao"))

    await firm.does("boss", RevealLead("L1", "0"))

    assert (len(await texts_to(firm, "lisi")), len(await texts_to(firm, "gao"))) == before
    rows = await firm.unit(lambda desk: desk.tx.all(select(ledger.c.outcome).where(ledger.c.lead_id == "L1")))
    assert sorted(row.outcome for row in rows) == ["taken", "won"]


async def test_the_ledger_equals_the_counters_and_the_decision_is_kept(firm: Firm):
    """One won row, one claim counted, one held; the losers' figures stand in the decision."""
    for who in ("gao", "lisi"):
        await firm.does(who, ClaimLead("L1"), tapped=True)
    await after_five_seconds(firm)
    winner = (await firm.world.get()).owner_id
    assert winner is not None

    async def books(desk: Any) -> tuple[int, int]:
        daily = claims.daily_key(desk, user_id=winner, pool_id="east")
        return await counters.read(desk.tx, daily), await counters.read(desk.tx, claims.holding_key(winner))

    assert await firm.unit(books) == (1, 1)
    decision = (await firm.unit(lambda desk: decisions.of_lead(desk.tx, "L1")))[-1]
    assert (decision.mode, decision.chosen, decision.inputs["by"]) == ("reveal", winner, "fewest_today")
    assert sorted(one.passed for one in decision.candidates) == ["", "taken"]


async def test_in_a_group_the_tapper_is_answered_alone(firm: Firm):
    """The group's card says that taps are collected; his answer is a card of his own."""
    from bot.assignment.pool_groups import ring
    from bot.assignment.sheet import lead_sheet
    from bot.store import chats

    async def bound(desk: Any) -> list[Any]:
        await chats.bind(desk, platform="dingtalk", chat="g1", pool_id="east", by="zhaoliu")
        lead = await _lead(desk)
        await ring(desk, lead, await lead_sheet(desk, lead))
        return await outbox.in_groups(desk, "lead:L1")

    (shown,) = await firm.unit(bound)
    card = await firm.unit(lambda desk: outbox.drawing(desk, shown.card_key))

    assert card.note == "点了先登记，5 秒后揭晓归谁，结果发到你的私聊"
    assert labels(card) == ["领取"]


async def test_a_tap_in_the_very_moment_is_refused_rather_than_forgotten(
    firm: Firm, store: Any, vault: Any, random_bytes: Any
):
    """While one is chosen, another writer's tap waits for the choice: nobody waits for an answer for ever."""
    await firm.does("zhangsan", ClaimLead("L1"), tapped=True)
    firm.clock.push(timedelta(seconds=5))
    chosen = asyncio.Event()

    def desk(tx: Any) -> Desk:
        return Desk(tx=tx, company=firm.company, now=firm.clock.now, vault=vault, random_bytes=random_bytes)

    async def choosing(tx: Any) -> None:
        await reveal(desk(tx), "L1", "0")
        chosen.set()
        for _ in range(200):
            await tx.all(select(ledger))

    async def tapping(tx: Any) -> Any:
        return await claim(desk(tx), "L1", by=GAO)

    first = asyncio.create_task(store.write(choosing, lane_key="a", within=30))
    await chosen.wait()
    outcome = await store.write(tapping, lane_key="d", within=30)
    await first

    assert isinstance(outcome, Refused)
    assert outcome.why is Refusal.TAKEN
    assert await firm.unit(lambda desk: reveal_taps.waiting(desk.tx, "L1", 0)) == []


async def test_who_tapped_hears_that_the_lead_was_merged(firm: Firm):
    """It is called off with the lead, and said so."""
    await firm.world.lead("L2", city="上海")
    await firm.unit(lambda desk: _older(desk, "L2"))
    await firm.does("zhangsan", ClaimLead("L1"), tapped=True)
    boss = await firm.world.user("boss")

    done = await firm.unit(lambda desk: merge(desk, "L1", "L2", by=boss, how="message"))
    await after_five_seconds(firm)

    assert done.gone == "L1"
    assert (await texts_to(firm, "zhangsan"))[-1].startswith("L1 ")
    assert await firm.unit(lambda desk: reveal_taps.waiting(desk.tx, "L1", 0)) == []


async def _older(desk: Any, lead_id: str) -> None:
    at = desk.now - timedelta(days=1)
    await desk.tx.run(lead_table.update().where(lead_table.c.id == lead_id).values(created_at=at))


async def _lead(desk: Any) -> Any:
    from bot.store import leads

    return await leads.get(desk.tx, "L1")
