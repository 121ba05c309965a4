"""How a lead finds people."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from bot.assignment import arrive, claim
from bot.crm.company.routing import Routing
from bot.crm.lead import LeadStatus
from bot.crm.user import SYSTEM, Role, User
from bot.handlers import Scope
from bot.handlers.raise_offer import on_raise_offer
from bot.kit.wire import unpack
from bot.store import incidents, leads, users
from bot.store.desk import Desk
from tests.assignment.conftest import EAST, World, hire, labels


async def ring(world: World, lead_id: str = "L1", *, rings: bool = True, **known):
    lead = await world.lead(lead_id, **known)
    return await world.unit(lambda desk: arrive.arrive(desk, lead, rings=rings))


async def fall_due(world: World, clock, kind: str, handler, lead_id: str = "L1"):
    """Push the clock to a waiting timer of this kind and let it fire."""
    row = (await world.timers(lead_id))[kind]
    clock.now = row.due_at
    await world.unit(lambda desk: handler(unpack(row.payload), Scope(desk, SYSTEM)))


async def test_a_nurtured_lead_lies_in_its_pool_without_a_sound(world):
    """Below the SQL line nobody is disturbed; it can be found in the pool."""
    lead = await ring(world, rings=False)

    assert (lead.pool_id, lead.status) == ("east", LeadStatus.NEW)
    assert await world.cards_of("zhangsan") == []
    assert await world.timers() == {}


async def test_a_lead_of_unknown_region_rings_everywhere(world):
    """Better twice than nowhere: everybody on duty may take it."""
    lead = await ring(world, city="", region="")

    assert lead.pool_id == "nation"
    for one in ("zhangsan", "lisi", "wangwu"):
        assert labels(await world.card_of(one)) == ["领取"]


async def test_the_card_says_who_from_where_how_warm_and_until_when(world, clock):
    """Everything that decides whether to take it stands on the card."""
    await ring(world)

    card = await world.card_of("zhangsan")

    assert card.title == "新线索：林晓·星河科技"
    assert card.note == "总监 · 上海"
    shown = {field.label: field.value for field in card.fields}
    assert shown["来源"] == "官网 · 官网询价"
    assert shown["首次响应"] == "12:00 前"
    assert card.text.startswith("话术：您好")
    assert "138" not in str(card)


async def test_who_is_away_hears_nothing(world):
    """A lead is offered to those on duty only."""

    async def away(desk):
        lisi = await users.get(desk.tx, "lisi")
        await users.set_duty(desk, lisi, is_on=True, until=desk.now + timedelta(hours=3))

    await world.unit(away)
    await ring(world)

    assert await world.cards_of("lisi") == []
    assert len(await world.cards_of("zhangsan")) == 1


async def test_nobody_takes_it_so_it_rings_again_then_everywhere_then_at_the_manager(world, clock):
    """15 working minutes, again 15, then the manager at 60, with a button to give it to somebody."""
    await ring(world)

    await fall_due(world, clock, "signal.offer.raise", on_raise_offer)
    assert len(await world.cards_of("zhangsan")) == 2
    assert await world.cards_of("wangwu") == []

    await fall_due(world, clock, "signal.offer.raise", on_raise_offer)
    assert labels(await world.card_of("wangwu")) == ["领取"]

    await fall_due(world, clock, "signal.offer.raise", on_raise_offer)
    manager = await world.card_of("zhaoliu")
    assert labels(manager) == ["改派", "领取"]
    assert manager.note == "60 分钟（工作时间）没人领，请改派"
    assert (clock.now - (await world.get()).created_at) == timedelta(minutes=60)


async def test_a_late_round_finds_the_lead_taken_and_does_nothing(world, clock):
    """The timer of an offer belongs to its epoch."""
    await ring(world)
    row = (await world.timers())["signal.offer.raise"]

    async def take(desk):
        await claim.claim(desk, "L1", by=await users.get(desk.tx, "zhangsan"))

    await world.unit(take)
    await world.unit(lambda desk: on_raise_offer(unpack(row.payload), Scope(desk, SYSTEM)))

    assert len(await world.cards_of("lisi")) == 1


async def test_with_nobody_on_duty_the_manager_hears_at_once(world):
    """A lead never lies unseen because everybody is out."""

    async def all_away(desk):
        for one in await users.reps(desk.tx):
            await users.set_duty(desk, one, is_on=False)

    await world.unit(all_away)
    await ring(world)

    assert (await world.card_of("zhaoliu")).note == "没有值班的人可推，请改派"


async def test_a_large_audience_is_asked_in_several_units(world, clock):
    """Twenty cards a unit; the rest follow at once, each person once."""

    async def grow(desk: Desk):
        many = (User(id=f"m{i:02}", name=f"新{i}", role=Role.REP, region=EAST, team="") for i in range(25))
        await hire(desk, *many)

    await world.unit(grow)
    await ring(world)
    assert (await world.timers())["signal.offer.raise"].due_at == clock.now

    await fall_due(world, clock, "signal.offer.raise", on_raise_offer)

    for i in range(25):
        assert len(await world.cards_of(f"m{i:02}")) == 1
    assert (await world.timers())["signal.offer.raise"].due_at == clock.now + timedelta(minutes=15)


async def test_an_embargoed_lead_rings_when_it_may_be_taken(
    world, clock, company, store, vault, random_bytes
):
    """A card that nobody may press yet would only annoy."""
    pools = company.pools.model_copy(
        update={"terms": company.pools.terms.model_copy(update={"embargo_minutes": 30})}
    )
    patient = dataclasses.replace(company, pools=pools)
    lead = await world.lead()

    async def inside(tx):
        desk = Desk(tx=tx, company=patient, now=clock.now, vault=vault, random_bytes=random_bytes)
        await arrive.arrive(desk, lead, rings=True)
        return await claim.claim(desk, "L1", by=await users.get(desk.tx, "zhangsan"))

    refused = await store.write(inside, within=10)

    assert refused.why.value == "embargoed"
    assert await world.cards_of("zhangsan") == []
    assert (await world.timers())["signal.offer.raise"].due_at == lead.created_at + timedelta(minutes=30)


@pytest.fixture
def routed(company, store, clock, vault, random_bytes):
    """Route a lead under other rules."""

    async def run(lead, rules):
        routing = Routing.model_validate({"rules": rules, "otherwise": "nation"}, strict=False)
        changed = dataclasses.replace(company, routing=routing)

        async def inside(tx):
            desk = Desk(tx=tx, company=changed, now=clock.now, vault=vault, random_bytes=random_bytes)
            return await arrive.arrive(desk, await leads.get(tx, lead.id), rings=True)

        return await store.write(inside, within=10)

    return run


async def test_round_robin_goes_in_turn_and_past_those_who_are_away(world, routed):
    """Three leads for two people on duty: one, the other, the first again."""
    rules = [{"name": "轮流", "to": {"round_robin": ["zhangsan", "wangwu", "lisi"]}}]

    async def away(desk):
        await users.set_duty(desk, await users.get(desk.tx, "wangwu"), is_on=False)

    await world.unit(away)
    owners = [(await routed(await world.lead(f"L{i}"), rules)).owner_id for i in (1, 2, 3)]

    assert owners == ["zhangsan", "lisi", "zhangsan"]
    his = await world.card_of("lisi", "lead:L2")
    assert labels(his) == ["看电话", "跟进", "转商机", "转交", "退回", "无效"]


async def test_a_rule_for_somebody_who_is_away_falls_back_to_the_pool(world, routed):
    """The lead rings there, and that the rule could not be followed is counted."""
    rules = [{"name": "老客户", "to": {"owner": "wangwu"}}]

    async def away(desk):
        await users.set_duty(desk, await users.get(desk.tx, "wangwu"), is_on=False)

    await world.unit(away)
    lead = await routed(await world.lead(), rules)

    assert (lead.owner_id, lead.pool_id) == (None, "east")
    totals = await world.unit(lambda desk: incidents.totals(desk.tx))
    assert totals["route.owner_missing", "老客户"] == 1


async def test_a_lead_by_rule_asks_for_its_fields_too(world, routed):
    """The phone is sealed, and rules may still ask whether there is one."""
    rules = [{"name": "有电话", "when": {"field": "phone", "op": "filled"}, "to": {"owner": "wangwu"}}]

    lead = await routed(await world.lead(), rules)

    assert lead.owner_id == "wangwu"
