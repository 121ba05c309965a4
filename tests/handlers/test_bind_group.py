"""A group rings for a pool when somebody who leads there says so, and shows nobody's name."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from bot.assignment import arrive, faces, pool_groups, reassign
from bot.store import chats, leads, outbox, ownership, users
from bot.store.tables.machinery import cards
from bot.store.tables.machinery import outbox as rows
from tests.handlers.workday import ADMIN, CHEN, EAST, LINA, LIU, WANG, ZHOU, Day, staff

GROUP = {"chat": "robot:wr1", "platform": "wecom"}


@pytest.fixture
async def day(unit, clock) -> Day:
    await unit(staff)
    return Day(unit, clock)


async def bound(day: Day, pool_id: str = "east") -> list[str]:
    return [one.to for one in await day.unit(lambda desk: chats.of_pool(desk.tx, pool_id))]


async def in_group(day: Day) -> list[str]:
    """What the group's cards show."""
    shown = await day.unit(lambda desk: outbox.in_groups(desk, "lead:L1"))
    drawn = [await day.unit(lambda desk, one=one: outbox.drawing(desk, one.card_key)) for one in shown]
    return [f"{card.title} {card.note} {card.fields} {card.text}" for card in drawn]


@pytest.mark.parametrize("words", ["绑定本群 华东", "绑定本群华东大区", "绑定本群 华东公海", "绑定本群"])
async def test_the_regions_manager_binds_his_pool(day, words):
    reply = await day.says(WANG, words, **GROUP)

    assert "华东公海" in reply.text
    assert await bound(day) == ["wecom:robot:wr1"]


@pytest.mark.parametrize("who", [ZHOU, ADMIN])
async def test_those_above_and_the_keepers_of_the_configuration_may(day, who):
    await day.says(who, "绑定本群 全国公海", **GROUP)

    assert await bound(day, "nation") == ["wecom:robot:wr1"]


@pytest.mark.parametrize(
    ("who", "words"),
    [(LINA, "绑定本群 华东"), (LIU, "绑定本群 华东"), (WANG, "绑定本群 全国公海"), (CHEN, "绑定本群")],
)
async def test_nobody_else_may(day, who, words):
    reply = await day.says(who, words, **GROUP)

    assert reply.text.startswith("只有")
    assert [await bound(day, pool) for pool in ("east", "south", "nation")] == [[], [], []]


async def test_alone_with_us_it_is_explained(day):
    assert "在群里" in (await day.says(WANG, "绑定本群 华东")).text
    assert "在群里" in (await day.says(WANG, "解绑本群")).text


async def test_an_unknown_pool_is_asked_about(day):
    reply = await day.says(WANG, "绑定本群 火星", **GROUP)

    assert "绑定本群 华东公海" in reply.text
    assert await bound(day) == []


async def test_said_again_it_is_bound_already(day):
    await day.says(WANG, "绑定本群 华东", **GROUP)

    assert (await day.says(WANG, "绑定本群 华东", **GROUP)).text == "本群已经绑定华东公海。"


async def test_a_lead_given_away_is_told_as_that(day):
    await day.says(WANG, "绑定本群 华东", **GROUP)
    lead = await day.lead(of=None)
    await day.unit(lambda desk: arrive.arrive(desk, lead, rings=True))

    async def given(desk):
        to, by = await users.get(desk.tx, LINA.id), await users.get(desk.tx, WANG.id)
        await reassign.reassign(desk, await leads.get(desk.tx, lead.id), to=to, by=by)

    await day.unit(given)

    assert [text for text in await day.texts_to("robot:wr1") if "李娜" in text] == [
        f"{lead.id} 已由王磊改派给李娜"
    ]


async def test_a_card_that_was_changed_needs_no_line_beside_it(day):
    await day.says(WANG, "绑定本群 华东", **GROUP)
    lead = await day.lead(of=None)
    await day.unit(lambda desk: arrive.arrive(desk, lead, rings=True))

    async def taken(desk):
        who = await users.get(desk.tx, LINA.id)
        now = await ownership.standing(desk.tx, lead.id)
        assert await ownership.take(desk, now, to=who, how="claimed", by=who)
        (shown,) = await outbox.in_groups(desk, lead.topic)
        assert await pool_groups.answer(desk, shown, to=LINA.id)
        await desk.tx.run(update(rows).where(rows.c.kind == "update").values(state="sent"))

    async def given(desk):
        to, by = await users.get(desk.tx, LIU.id), await users.get(desk.tx, WANG.id)
        await reassign.reassign(desk, await leads.get(desk.tx, lead.id), to=to, by=by)

    await day.unit(taken)
    await day.unit(given)

    assert [text for text in await day.texts_to("robot:wr1") if lead.id in text] == []


async def test_a_group_rings_for_one_pool_and_can_be_freed(day):
    await day.says(ZHOU, "绑定本群 华东", **GROUP)
    await day.says(ZHOU, "绑定本群 华南", **GROUP)
    assert (await bound(day), await bound(day, "south")) == ([], ["wecom:robot:wr1"])

    assert (await day.says(LINA, "解绑本群", **GROUP)).text.startswith("只有")
    assert "不再提醒" in (await day.says(LIU, "解绑本群", **GROUP)).text
    assert "没有绑定" in (await day.says(LIU, "解绑本群", **GROUP)).text
    assert await bound(day, "south") == []


async def test_a_lead_rings_there_without_anybodys_name_or_number(day):
    await day.says(WANG, "绑定本群 华东", **GROUP)
    lead = await day.lead(of=None)

    await day.unit(lambda desk: arrive.arrive(desk, lead, rings=True))

    (shown,) = await in_group(day)
    assert "林**·星河科技" in shown
    for private in ("林晓", "13812345678", "5678", "lin@"):
        assert private not in shown
    assert [row.chat for row in await day.rows(cards, user_id="")] == ["robot:wr1"]


async def test_taken_elsewhere_the_card_changes_and_a_line_says_so_once(day):
    await day.says(WANG, "绑定本群 华东", **GROUP)
    lead = await day.lead(of=None)
    await day.unit(lambda desk: arrive.arrive(desk, lead, rings=True))

    async def claimed(desk):
        who = await users.get(desk.tx, LINA.id)
        now = await ownership.standing(desk.tx, lead.id)
        assert await ownership.take(desk, now, to=who, how="claimed", by=who)
        await faces.refresh(desk, lead.id)
        await faces.refresh(desk, lead.id)

    await day.unit(claimed)

    (shown,) = await in_group(day)
    assert "已被李娜于" in shown
    assert [text for text in await day.texts_to("robot:wr1") if "李娜" in text] == [
        f"{lead.id} 已被李娜于 10:00:00 领取，上面的卡片不用再点了"
    ]


async def test_other_pools_leads_do_not_ring_there(day):
    await day.says(ZHOU, "绑定本群 华南", **GROUP)
    lead = await day.lead(of=None)
    assert lead.region == EAST

    await day.unit(lambda desk: arrive.arrive(desk, lead, rings=True))

    assert await in_group(day) == []
