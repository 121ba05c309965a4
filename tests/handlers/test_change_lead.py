"""改: a field of one's own lead, cleaned, with history, scored anew."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from bot.chat.card import plain
from bot.crm.commands import ChangeLead, EnterLead
from bot.handlers import change_lead, enter_lead
from bot.store import lead_changes, leads
from bot.store.desk import Desk
from bot.store.tables.leads import field_changes
from bot.store.tables.machinery import audit
from tests.intake.world import HE, LINA, ZHAO, act, counted, hire


@pytest.fixture(autouse=True)
async def team(unit: Any) -> None:
    async def prepare(desk: Desk) -> None:
        await hire(desk)
        await act(desk, enter_lead.router, EnterLead("王伟 13812345678 云帆科技 上海 官网"), LINA)

    await unit(prepare)


async def change(desk: Desk, field: str, value: str, by: Any = LINA) -> Any:
    return await act(desk, change_lead.router, ChangeLead("L1", field, value), by)


async def test_the_owner_corrects_a_field_and_it_is_remembered(unit) -> None:
    async def work(desk: Desk) -> None:
        reply = await change(desk, "公司名称", "星河（上海）有限公司")
        known = await leads.particulars(desk, "L1")
        assert (known.company, known.company_key) == ("星河(上海)有限公司", "星河")
        assert "已改：公司 → 星河(上海)有限公司" in plain(reply.card)
        (row,) = await lead_changes.of_lead(desk, "L1")
        assert (row.field, row.before, row.after, row.by) == (
            "company",
            "云帆科技",
            "星河(上海)有限公司",
            "lina",
        )
        raw = await desk.tx.first(select(field_changes))
        assert "云帆".encode() not in raw[3]

    await unit(work)


async def test_points_follow_what_a_lead_is(unit) -> None:
    """总监 from 官网 gives 20; a correction takes them away, and gives them again, each with a row."""

    async def work(desk: Desk) -> None:
        seen = []
        for title in ("总监", "市场总监", "专员", "总监"):
            await change(desk, "职位", title)
            seen.append((await leads.get(desk.tx, "L1")).score)
        assert seen == [20, 20, 0, 20]

    await unit(work)


async def test_a_new_phone_is_found_and_never_shown_whole(unit) -> None:
    async def work(desk: Desk) -> None:
        reply = await change(desk, "手机", "139 8765 4321")
        assert "139****4321" in plain(reply.card)
        assert "13987654321" not in plain(reply.card)
        assert (await leads.reveal(desk, "L1")).phone.reveal() == "13987654321"
        for phone in ("13987654321", "13812345678"):
            known = await act(desk, enter_lead.router, EnterLead(f"某人 {phone}"), ZHAO)
            assert known.card.title == "L1 已在系统里"

    await unit(work)


async def test_a_phone_of_another_lead_is_refused_with_its_owner(unit) -> None:
    async def work(desk: Desk) -> None:
        await act(desk, enter_lead.router, EnterLead("刘洋 13912345678"), ZHAO)
        reply = await change(desk, "手机", "13912345678")
        assert reply.text == "没有改：这个号码或邮箱已在 L2（赵强负责）。"
        assert (await leads.get(desk.tx, "L1")).phone_masked == "138****5678"
        assert await counted(desk, "lead.conflict") == {"changed_to_another's": 1}

    await unit(work)


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("手机", "12", "手机：号码不对"),
        ("邮箱", "nobody", "邮箱：邮箱不对"),
        ("手机", "清空", "唯一的联系方式"),
        ("来源", "抖音", "不能改"),
        ("颜色", "红", "没有「颜色」这个字段"),
        ("员工数", "很多", "应为数字"),
        ("姓名", "王" * 65, "最多 64 个字"),
    ],
)
async def test_what_does_not_fit_is_refused_and_explained(unit, field, value, said) -> None:
    async def work(desk: Desk) -> None:
        reply = await change(desk, field, value)
        assert said in reply.text
        assert await lead_changes.of_lead(desk, "L1") == []

    await unit(work)


async def test_fields_of_the_company_alone_can_be_set_and_cleared(unit) -> None:
    async def work(desk: Desk) -> None:
        await change(desk, "人数", "2百")
        assert (await leads.get(desk.tx, "L1")).custom == {"employees": "200"}
        reply = await change(desk, "员工数", "清空")
        assert (await leads.get(desk.tx, "L1")).custom == {}
        assert "已清空：员工数" in plain(reply.card)

    await unit(work)


async def test_a_new_city_brings_province_and_region(unit) -> None:
    async def work(desk: Desk) -> None:
        await change(desk, "城市", "广州市")
        lead = await leads.get(desk.tx, "L1")
        assert (lead.province, lead.city, lead.region) == ("广东", "广州", "华南大区")

    await unit(work)


async def test_the_manager_of_the_region_may_a_stranger_may_not(unit) -> None:
    """Who may not know of the lead learns nothing of it; his try is in the audit."""

    async def work(desk: Desk) -> None:
        await change(desk, "职位", "厂长", HE)
        assert (await leads.get(desk.tx, "L1")).title == "厂长"
        reply = await change(desk, "职位", "黑客", ZHAO)
        missing = await act(desk, change_lead.router, ChangeLead("L99", "职位", "x"), ZHAO)
        assert reply.card == missing.card
        assert (await leads.get(desk.tx, "L1")).title == "厂长"
        rows = await desk.tx.all(select(audit).where(audit.c.action == "lead.change_refused"))
        assert [row.actor for row in rows] == ["zhao"]

    await unit(work)
