"""查重 and 撞单: who met a known customer hears whose he is by what, and the owner hears that he was met."""

from __future__ import annotations

import pytest

from bot.store.tables.quality import collisions
from tests.handlers.workday import ADMIN, CHEN, GAO, LINA, WANG, Day, labels, staff, told

PHONE = "13812345678"


@pytest.fixture
async def day(unit, clock):
    await unit(staff)
    day = Day(unit, clock)
    await day.lead(name="林晓", company="星河科技", phone=f"+86{PHONE}")
    await day.says(LINA, "跟进 L1 已电话")
    day.push(days=2)
    return day


async def test_a_colleague_hears_whose_since_when_and_by_what(day):
    """The owner, since when, the last follow-up and the key that matched; nothing of the customer."""
    said = told(await day.says(GAO, f"查重 {PHONE}"))

    for part in ("L1 已在系统里", "李娜", "手机号相同", "最近跟进：11月18日 10:00", "来自官网"):
        assert part in said
    assert "林晓" not in said
    assert "星河" not in said
    assert await day.texts_to("wx-lina") == ["高峰刚查重到了你的客户 L1（手机号相同）。他看不到客户资料。"]
    assert [(row.user_id, row.matched, row.how) for row in await day.rows(collisions)] == [
        ("gao", "phone", "checked")
    ]


async def test_who_enters_him_hears_the_same(day):
    """录线索 of a known customer is no second lead, and the owner is told once a day."""
    for _ in range(3):
        said = told(await day.says(CHEN, f"录线索 林先生 {PHONE} 星河科技"))

    assert "李娜" in said
    assert "手机号相同" in said
    assert len([text for text in await day.texts_to("wx-lina") if "陈晨刚录入了你的客户 L1" in text]) == 1


async def test_by_the_firm_each_lead_is_a_line(day):
    """A firm's name finds its leads in any spelling; names stay with their owners."""
    await day.says(GAO, "录线索 赵云 13700000001 星海制造")
    said = told(await day.says(CHEN, "查重 星海制造（上海）有限公司"))

    assert "公司相同" in said
    assert "L2：高峰，录入于" in said
    assert "赵云" not in said
    assert await day.texts_to("wx-gao") == []


async def test_the_owner_and_his_manager_may_open_it(day):
    """Who may see the lead gets a button, and nobody is told."""
    for who in (LINA, WANG):
        card = (await day.says(who, f"查重 {PHONE}")).card
        assert labels(card) == ["看 L1"]
    assert await day.texts_to("wx-lina") == []


async def test_who_sells_nothing_is_told_nothing(day):
    """An admin has no collision to avoid."""
    assert "没有重复" in told(await day.says(ADMIN, f"查重 {PHONE}"))


async def test_an_unknown_number_is_free(day):
    assert "没有重复：13900000000" in told(await day.says(GAO, "查重 13900000000"))


async def test_evidence_for_who_decides(day):
    """撞单 L1: who came first, who had it, who met it since; the manager may give it away from there."""
    await day.says(GAO, f"查重 {PHONE}")

    card = (await day.says(WANG, "撞单 L1")).card
    said = told(await day.says(WANG, "撞单 L1"))

    assert "来自官网" in said
    assert "李娜（领取）" in said
    assert "高峰查重到，手机号相同" in said
    assert labels(card) == ["改派", "时间线"]
    assert "林晓" not in told(await day.says(GAO, "撞单 L1"))
    assert labels((await day.says(LINA, "撞单 L1")).card) == ["时间线"]
