"""数据质量: four figures over the rows that one may see, and the rows behind each."""

from __future__ import annotations

import pytest

from bot.insight import quality
from tests.handlers.workday import ADMIN, CHEN, GAO, LINA, WANG, ZHOU, Day, labels, staff, told
from tests.intake.world import enquire


@pytest.fixture
async def day(unit, clock):
    """Two whole rows of Li Na's, one bare one in the pool, one stale one of Gao Feng's, one in the south."""
    await unit(staff)
    day = Day(unit, clock)
    whole = {"company": "云帆科技", "city": "上海", "industry": "软件"}
    for n in range(2):
        lead = await unit(lambda desk, n=n: enquire(desk, name=f"王{n}", phone=f"1381234567{n}", **whole))
        await day.says(LINA, f"领取 {lead.id}")
        await day.says(LINA, f"跟进 {lead.id} 已电话")
    await unit(lambda desk: enquire(desk, name="测试", phone="13900000001", company="", city="上海"))
    await day.lead(of=GAO, name="赵云", company="", phone="+8613900000002", city="南京")
    await day.lead(of=CHEN, name="孙尚", phone="+8613900000003", region="华南大区", pool="south")
    day.push(days=5)
    for n in (1, 2):
        await day.says(LINA, f"跟进 L{n} 再次电话")
    return day


async def test_a_manager_sees_his_region(day):
    """Complete, valid and fresh in per cent, with how many rows are not."""
    said = told(await day.says(WANG, "数据质量"))

    assert "数据质量 · 华东大区" in said
    assert "4 条在用线索" in said
    assert "完整：50%（2 条资料不全）" in said
    assert "有效：75%（1 条格式可疑）" in said
    assert "及时：75%（1 条久未更新）" in said


async def test_the_rows_behind_a_figure(day):
    """A press lists them, each with its owner."""
    card = (await day.says(WANG, "数据质量")).card
    assert labels(card) == ["资料不全", "格式可疑", "久未更新"]

    stale = told(await day.presses(WANG, card, "久未更新"))
    assert "高峰" in stale
    assert "孙尚" not in stale
    assert "测试" in told(await day.says(WANG, "数据质量 格式"))


async def test_each_sees_what_is_his(day):
    """A rep his own rows, the director all, an admin nothing."""
    assert "2 条在用线索" in told(await day.says(LINA, "数据质量"))
    assert "5 条在用线索" in told(await day.says(ZHOU, "数据质量"))
    assert "管理员看不到" in told(await day.says(ADMIN, "数据质量"))


async def test_every_week_once(day, unit):
    """Those who lead people get the card on Monday, however often it is sent."""
    for _ in range(2):
        for leader in await unit(quality.leaders):
            await unit(lambda desk, to=leader: quality.tell(desk, to))

    (card,) = await day.cards_of(WANG, "quality:wang")
    assert card.title == "数据质量周报 · 华东大区"
    assert await day.cards_of(LINA, "quality:lina") == []
