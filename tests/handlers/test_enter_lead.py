"""录线索 by message: free order, 查重 at once, the writer becomes the owner."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.chat.card import plain
from bot.crm.commands import EnterLead
from bot.handlers import enter_lead
from bot.store import dialogues, leads, outbox
from bot.store.desk import Desk
from bot.store.tables.leads import leads as leads_table
from bot.store.tables.leads import tenures
from bot.store.tables.machinery import audit
from tests.intake.world import LINA, MARY, ZHAO, act, enquire, hire


@pytest.fixture(autouse=True)
async def team(unit: Any) -> None:
    await unit(hire)


async def enter(desk: Desk, text: str, by: Any = LINA, **scope: Any) -> Any:
    return await act(desk, enter_lead.router, EnterLead(text), by, **scope)


async def test_who_enters_a_lead_owns_it(unit) -> None:
    """Cleaned and sealed like a form, no claim counted, its card in the answer."""

    async def work(desk: Desk) -> None:
        reply = await enter(desk, "云帆科技有限公司，采购总监 王伟 138-1234-5678 上海 展会 想要报价")
        lead = await leads.get(desk.tx, "L1")
        assert (lead.name, lead.company, lead.title) == ("王伟", "云帆科技有限公司", "采购总监")
        assert (lead.owner_id, lead.status, lead.source, lead.region) == (
            "lina",
            "assigned",
            "展会",
            "华东大区",
        )
        assert await leads.message(desk, "L1") == "想要报价"
        assert (await leads.reveal(desk, "L1")).phone.reveal() == "13812345678"
        (tenure,) = await desk.tx.all(select(tenures))
        assert (tenure.how, tenure.owner_id) == ("created", "lina")
        assert reply.card.kind == "lead_owned"
        assert "已录入，由你负责" in plain(reply.card)
        assert reply.topic == "lead:L1"
        assert await outbox.on_topic(desk, "lead:L1") == []

    await unit(work)


async def test_a_known_customer_is_shown_to_be_somebodys_since_when(unit) -> None:
    """查重: a colleague of another region hears whose he is, and nothing that he did not know."""

    async def work(desk: Desk) -> None:
        await enter(desk, "王伟 13812345678 云帆科技 想要报价")
        reply = await enter(desk, "王先生 +86 138 1234 5678", ZHAO)
        said = plain(reply.card)
        assert reply.card.kind == "collision"
        assert "李娜" in said
        assert "11月18日 10:00" in said
        assert "王伟" not in said
        assert "云帆" not in said
        assert reply.card.buttons == ()
        rows = await desk.tx.all(select(audit).where(audit.c.action == "lead.collided"))
        assert [(row.actor, row.object) for row in rows] == [("zhao", "lead:L1")]
        own = await enter(desk, "王伟 13812345678")
        assert "已经在你名下" in plain(own.card)

    await unit(work)


async def test_a_known_customer_in_ones_own_pool_can_be_taken_at_once(unit) -> None:
    async def work(desk: Desk) -> None:
        await enquire(desk)
        reply = await enter(desk, "王伟 13812345678")
        assert reply.card.kind == "lead_offered"
        assert "系统里已有这位客户" in plain(reply.card)

    await unit(work)


async def test_others_of_the_same_firm_are_named(unit) -> None:
    """北京云帆科技 and 云帆科技有限公司 are one firm, but two people: entered, and said aloud."""

    async def work(desk: Desk) -> None:
        await enter(desk, "王伟 13812345678 云帆科技有限公司")
        reply = await enter(desk, "刘洋 13912345678 北京云帆科技", ZHAO)
        assert "同公司还有 L1（李娜）" in plain(reply.card)
        assert (await leads.get(desk.tx, "L2")).owner_id == "zhao"

    await unit(work)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "顺序随意"),
        ("王伟 云帆科技", "还缺手机号或邮箱"),
        ("电话：12345678901 王伟", "号码不对"),
    ],
)
async def test_what_is_missing_is_asked_for(unit, text, said) -> None:
    """His next words are taken for it, for a while, in private alone."""

    async def work(desk: Desk) -> None:
        reply = await enter(desk, text)
        assert said in reply.text
        found = await dialogues.find(desk, "lina")
        assert found is not None
        assert found.kind == "enter_lead"
        await dialogues.close(desk.tx, "lina")
        await enter(desk, text, chat="group-1")
        assert await dialogues.find(desk, "lina") is None
        assert (await desk.tx.first(select(func.count().label("n")).select_from(leads_table))).n == 0

    await unit(work)


async def test_who_does_not_sell_enters_for_others(unit) -> None:
    """A marketer owns no leads: it is offered by the rules."""

    async def work(desk: Desk) -> None:
        reply = await enter(desk, "王伟 13812345678 上海", MARY)
        lead = await leads.get(desk.tx, "L1")
        assert (lead.owner_id, lead.status, lead.pool_id) == (None, "offered", "east")
        assert "按规则分给销售" in reply.text

    await unit(work)


async def test_two_colleagues_enter_one_customer_in_the_same_instant(unit) -> None:
    """One owns him, the other hears so."""
    people = (LINA, ZHAO)

    async def one(by: Any) -> Any:
        async def work(desk: Desk) -> Any:
            return await enter(desk, "王伟 13812345678", by)

        return await unit(work)

    replies = await asyncio.gather(*(one(by) for by in people * 5))

    kinds = sorted(reply.card.kind for reply in replies)
    assert kinds == ["collision"] * 5 + ["lead_owned"] * 5

    async def look(desk: Desk) -> None:
        assert len(await desk.tx.all(select(leads_table))) == 1
        assert len(await desk.tx.all(select(tenures))) == 1

    await unit(look)
