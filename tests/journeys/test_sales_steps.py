"""What steps change in sales: a lead's status, an opportunity's stage; and whom they tell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import update

from bot.crm.lead import LeadStatus
from bot.store import chats, leads, opportunities, tenures
from bot.store.tables.leads import leads as lead_rows
from bot.store.tables.leads import status_changes
from bot.store.tables.sales import stage_changes
from tests.handlers.workday import EAST, LINA, WANG, ZHOU
from tests.intake.world import queued
from tests.journeys.fleet import Fleet
from tests.journeys.talking import MARY, OPS, heard, house, say, told
from tests.journeys.walking import ON_FORM, did


def journey(*steps, **more):
    return {"enter": ON_FORM, "steps": list(steps), **more}


async def run(lite, company, *steps) -> Fleet:
    fleet = await house(lite, company, 规则=journey(*steps))
    await did(fleet, "form", "whitepaper")
    return fleet


async def notes(fleet: Fleet) -> list[str]:
    return [step[4] for way in await fleet.ways() for step in way[2]]


async def lead(fleet: Fleet):
    async with fleet.store.read() as tx:
        return await leads.get(tx, "L1")


async def test_a_lead_is_closed_with_a_reason_of_the_list(lite, company):
    """As a rep would: it counts as held no more, and history says which rule it was."""
    fleet = await run(lite, company, {"status": "invalid", "reason": "空号"})

    found = await lead(fleet)
    assert (found.status, found.invalid_reason) == (LeadStatus.INVALID, "空号")
    async with fleet.store.read() as tx:
        (row,) = [one for one in await tx.all(status_changes.select()) if one.after == "invalid"]
    assert (row.by, row.reason) == ("rule:journey.规则", "空号")


async def test_a_lead_goes_back_to_its_pool(lite, company):
    fleet = await run(lite, company, {"status": "recycled", "reason": "长期没有意向"})

    found = await lead(fleet)
    assert (found.status, found.owner_id) == (LeadStatus.RECYCLED, None)
    assert found.pool_id is not None


async def test_an_opportunity_moves_through_the_same_gate_as_by_hand(lite, company):
    """Without an amount it may not go to the offer; with one it does, and history says the journey's name."""
    steps = journey({"stage": "商务谈判"}, again="always")
    fleet = await house(lite, company, 规则=steps)
    await say(fleet, "转商机 L1", LINA)
    refused = told(await say(fleet, "D1 推进到 商务谈判", LINA))
    await did(fleet, "form", "whitepaper")
    assert await notes(fleet) == ["missing"]
    assert "产品" in refused

    await fill(fleet)
    await did(fleet, "form", "whitepaper")

    async with fleet.store.read() as tx:
        assert (await opportunities.find(tx, "D1")).stage == "商务谈判"
        last = (await tx.all(stage_changes.select()))[-1]
    assert (last.by, last.reason) == ("rule:journey.规则", "规则")
    assert sorted(await notes(fleet)) == ["done", "missing"]


async def fill(fleet: Fleet) -> None:
    for words in ("商机 D1 产品 专业版", "商机 D1 金额 5万", "商机 D1 预计 12月底", "报价 D1 5万"):
        await say(fleet, words, LINA)


async def test_with_no_opportunity_nothing_moves(lite, company):
    fleet = await run(lite, company, {"stage": "需求确认"})

    assert await notes(fleet) == ["no_deal"]


async def test_a_whole_role_is_told(lite, company):
    """Directors and admins are told, whoever sees no customers without the name."""
    fleet = await run(
        lite, company, {"notify": "director", "text": "请看"}, {"notify": "admin", "text": "请查"}
    )

    assert any("L1 林晓" in one for one in await heard(fleet, ZHOU))
    (text,) = await heard(fleet, OPS)
    assert text.startswith("请查")
    assert "林晓" not in text
    assert await heard(fleet, MARY) == []
    assert await heard(fleet, WANG) == []


async def test_the_owner_hears_who_it_is_whatever_his_role(lite, company):
    """He is to call now: a line without a name and a number is of no use to him."""
    fleet = await house(lite, company, 规则=journey({"notify": "owner", "text": "请打电话"}))
    await lead(fleet)
    await fleet.do(lambda desk: desk.tx.run(update(lead_rows).values(owner_id=OPS.id)))
    await did(fleet, "form", "whitepaper")

    (text,) = await heard(fleet, OPS)
    assert text.startswith("请打电话\nL1 林晓")


async def test_a_group_hears_the_number_and_no_name(lite, company):
    """The managers' group by what org.yaml says, the pool's group by who bound it."""
    org = company.org
    regions = tuple(
        one.model_copy(update={"manager_chat": "bosses"}) if one.name == EAST else one for one in org.regions
    )
    own = replace(company, org=org.model_copy(update={"regions": regions}))
    fleet = await house(
        lite,
        own,
        规则=journey({"notify": "manager_group", "text": "请看"}, {"notify": "pool_group", "text": "在场的"}),
    )
    pool = (await lead(fleet)).pool_id
    from bot.crm.pool import pool_of

    pool_id = pool_of(own, pool).id
    await fleet.do(lambda desk: chats.bind(desk, platform="wecom", chat="g1", pool_id=pool_id, by=WANG.id))
    await did(fleet, "form", "whitepaper")

    (to_bosses,) = await heard(fleet, "bosses")
    (to_pool,) = await heard(fleet, "g1")
    assert to_bosses == "请看\nL1（旅程「规则」）"
    assert to_pool == "在场的\nL1（旅程「规则」）"
    said = await fleet.do(lambda desk: queued(desk, "text"))
    assert [one.to for one in said if "林晓" in one.text] == []


async def test_without_a_group_it_is_said_so(lite, company):
    fleet = await run(lite, company, {"notify": "pool_group", "text": "在场的"})

    assert await notes(fleet) == ["nobody"]


@pytest.mark.parametrize("status", ["working", "recycled"])
async def test_who_is_not_where_it_can_be_stays(lite, company, status):
    """A converted lead is neither worked on anew nor given back by a rule."""
    fleet = await house(lite, company, 规则=journey({"status": status}))
    await say(fleet, "转商机 L1 专业版 5万", LINA)
    await did(fleet, "form", "whitepaper")

    assert (await lead(fleet)).status is LeadStatus.CONVERTED
    assert await notes(fleet) == ["as_it_was"]
    async with fleet.store.read() as tx:
        assert all(one.to_at is None for one in await tenures.of_lead(tx, "L1"))
