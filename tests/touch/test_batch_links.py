"""Links in 企业群发: one address for the whole batch, counted for it, and nobody's behaviour."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.crm.company.content import Content
from bot.crm.touching import Purpose
from bot.errors import AnswerLostError
from bot.insight.results import words
from bot.intake import responding
from bot.rules.content_links import read_link
from bot.store import group_messages, touch_events, touch_texts
from bot.store.reads.journey_nodes import Whom
from bot.store.reads.journey_touches import touch_counts
from bot.store.tables.behaviour import behaviours
from bot.store.tables.journeys import journey_enrollments
from bot.touch import group_faces
from tests.touch.kf import befriend
from tests.touch.test_group_messages import Colleagues, drain, groups, many

SHOP = "https://example.com/shop?from=group"


@pytest.fixture
def colleagues(lite_house) -> Colleagues:
    made = Colleagues()
    lite_house.bench.channels = {**lite_house.bench.channels, "wecom": made}
    chat = {"text": f"新课看这里：{SHOP}"}
    linked = Content.model_validate(
        {"name": "新课", "purpose": Purpose.MARKETING, "channels": {"wecom": chat}}
    )
    content = {**lite_house.bench.company.content, "linked": linked}
    lite_house.bench.company = replace(lite_house.bench.company, content=content)
    return made


async def click(house, address: str, *, agent: str) -> str:
    """Somebody follows a link of it; where it leads."""

    async def unit(desk):
        named = read_link(desk.vault, address.rpartition("/")[2])
        said = await touch_texts.said(desk.tx, named.touch_id)
        await responding.clicked(desk, said, named.link_id, agent=agent, is_head=False)
        return await touch_texts.leads_to(desk, named.link_id)

    return await house.unit(unit)


async def test_a_click_counts_for_the_batch_and_for_nobody(lite_house, colleagues):
    """All get the same address of ours; a scanner counts for nothing, and the card says what it is."""
    house = lite_house
    await many(house, 3, content="linked", channels=("wecom",))
    await drain(house)
    await drain(house, seconds=60)
    [(_, to, text)] = colleagues.made
    [address] = re.findall(r"https://crm\.example\.com/r/\S+", text)
    house.clock.push(timedelta(seconds=30))
    for agent in ("Mozilla/5.0 MicroMessenger", "Mozilla/5.0 MicroMessenger", "curl/8"):
        assert await click(house, address, agent=agent) == SHOP

    [group] = await groups(house)
    of = f"{touch_texts.BATCH}{group.id}"
    assert len(to) == 3
    assert SHOP not in text
    assert await house.unit(lambda desk: touch_events.clicks(desk.tx, of)) == 2
    assert await house.unit(lambda desk: desk.tx.all(select(behaviours.c.id))) == []
    card = await house.unit(lambda desk: _face(desk, group.id))
    assert ("链接点击", "2 次（这一批合计，不知道是谁点的）") in [
        (one.label, one.value) for one in card.fields
    ]


async def _face(desk, group_id):
    return await group_faces.face(desk, await group_messages.find(desk.tx, group_id))


async def test_a_lost_answer_is_looked_for_in_the_words_that_went(lite_house, colleagues):
    """The platform's list is searched for the text with our addresses: it is the same each time."""
    house = lite_house
    colleagues.faults = [AnswerLostError("wecom", "no answer")]
    await many(house, 2, content="linked", channels=("wecom",))
    await drain(house)
    await drain(house, seconds=60)
    await drain(house, seconds=30)

    assert "find" in colleagues.calls
    assert [one.state for one in await groups(house)] == ["asked"]
    assert len(colleagues.made) == 1


async def test_the_step_tells_the_clicks_of_each_batch_once(lite_house, colleagues):
    """Two of the step in one batch, one click: one, and not one for each of them."""
    house, way = lite_house, "a" * 25

    async def enrol(desk) -> None:
        for n in (1, 2):
            row = {"id": f"{way}{n}", "journey": "新课", "version": 1, "lead_id": f"L{n}", "slot": ""}
            row |= {"person": f"L{n}", "state": "done", "woken": "", "memory": {}, "n": 3}
            await desk.tx.insert(journey_enrollments, {**row, "entered_at": desk.now, "ended_how": "end"})

    await house.unit(enrol)
    await house.lead("L2", n=2)
    for n in (1, 2):
        await house.unit(lambda desk, of=f"L{n}": befriend(desk, of, "mei"))
        key = f"journey:{way}{n}:touch-a:1"
        await house.ask(key, f"L{n}", journey="新课", channels=("wecom",), content="linked")
    await drain(house)
    await drain(house, seconds=60)
    [(_, to, text)] = colleagues.made
    house.clock.push(timedelta(seconds=30))
    await click(house, re.findall(r"https://crm\S+", text)[0], agent="Mozilla/5.0 MicroMessenger")
    found = await house.unit(lambda desk: touch_counts(desk.tx, Whom(journey="新课").params(), days=30))

    assert len(to) == 2
    assert (found["touch-a"].batch_clicks, found["touch-a"].clicked) == (1, 0)
    assert "群发链接点击（整批合计，不到人） 1" in words.touches(found["touch-a"])
