"""我的线索, 我的任务, 我的商机, 公海, 逾期: the hot ones first, five at a time."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from bot.store.tables.leads import leads
from tests.handlers.workday import CHEN, GAO, LINA, LIU, SOUTH, WANG, ZHOU, Day, button, labels, staff, told


@pytest.fixture
async def day(unit: Any, clock: Any) -> Day:
    await unit(staff)
    return Day(unit, clock)


async def scored(day: Day, lead_id: str, score: int) -> None:
    await day.unit(lambda desk: desk.tx.run(update(leads).where(leads.c.id == lead_id).values(score=score)))


async def some_leads(day: Day, count: int, **known: Any) -> None:
    for number in range(count):
        await day.lead(phone=f"+86139000000{number:02}", name=f"客户{number}", company="", **known)


async def test_late_leads_come_first_then_the_hot_ones(day: Day):
    await some_leads(day, 3)
    await scored(day, "L2", 80)
    await scored(day, "L3", 60)
    await day.says(LINA, "提醒 L1 今天上午11点打电话")
    day.push(hours=2)

    reply = await day.says(LINA, "我的线索")

    assert reply.card is not None
    assert (reply.card.title, reply.card.note) == ("我的线索 3 条", "1 条有逾期任务")
    assert [field.label for field in reply.card.fields] == ["L1", "L2", "L3"]
    assert reply.card.fields[0].value == "客户0 0分 有逾期"


async def test_five_fit_on_a_card_and_a_button_turns_the_page(day: Day):
    await some_leads(day, 7)

    first = await day.says(LINA, "我的线索")
    assert first.card is not None
    assert labels(first.card) == ["L1", "L2", "L3", "L4", "L5", "下一页"]
    second = await day.presses(LINA, first.card, "下一页")
    assert second.card is not None
    assert labels(second.card) == ["L6", "L7", "回第一页"]
    assert second.card.note == "第 2/2 页"
    again = await day.presses(LINA, second.card, "回第一页")
    assert again.card == first.card


async def test_nobody_elses_are_among_them(day: Day):
    await some_leads(day, 2)

    reply = await day.says(GAO, "我的线索")

    assert "手上还没有线索" in told(reply)
    assert reply.card is not None
    assert labels(reply.card) == ["公海"]


async def test_tasks_say_what_is_late_and_what_is_urgent(day: Day):
    lead = await day.lead()
    for said in ("周五发合同", "今天上午11点打电话"):
        await day.says(LINA, f"提醒 {lead.id} {said}")
    day.push(hours=3)

    reply = await day.says(LINA, "我的任务")

    assert reply.card is not None
    assert reply.card.title == "我的任务 2 个，1 个已逾期"
    assert [field.label for field in reply.card.fields] == ["T2", "T1"]
    assert reply.card.fields[0].value == "逾期 2 小时 打电话 林晓·星河科技"
    assert button(reply.card, "T2")


async def test_no_tasks_says_how_to_get_one(day: Day):
    assert "下周二回访" in told(await day.says(LINA, "我的任务"))


async def test_the_pool_shows_only_what_he_may_take(day: Day):
    await day.lead(None, name="林晓")
    await day.lead(None, name="黄河", region=SOUTH, pool="south", phone="+8613900000001")

    east = await day.says(LINA, "公海")
    south = await day.says(CHEN, "公海")

    assert east.card is not None
    assert [(field.label, field.value.split()[0]) for field in east.card.fields] == [("L1", "林晓·星河科技")]
    assert labels(east.card) == ["领取 L1"]
    assert "138" not in told(east)
    assert "L2" in told(south)
    assert "L1" not in told(south)


async def test_a_lead_taken_from_the_list_leaves_the_list_for_the_next_one(day: Day):
    """The list is drawn anew and says what became of it; the lead comes as a card of its own."""
    await day.lead(None, name="林晓")
    await day.lead(None, name="黄河", phone="+8613900000001")
    pool = await day.says(LINA, "公海")
    assert pool.card is not None

    claimed = await day.presses(LINA, pool.card, "领取 L1")

    assert claimed.card is not None
    assert (claimed.card.kind, claimed.card.note) == ("pool_list", "L1 归你了，卡片见下一条")
    assert labels(claimed.card) == ["领取 L2"]
    assert (await day.get("L1")).owner_id == "lina"
    (own,) = await day.cards_of(LINA, "lead:L1")
    assert own.title == "待跟进：林晓·星河科技"

    lost = await day.presses(GAO, pool.card, "领取 L1")
    assert lost.card is not None
    assert lost.card.note.startswith("L1 已被李娜于")
    last = await day.presses(LINA, claimed.card, "领取 L2")
    assert last.card is not None
    assert (last.card.title, last.card.note) == ("公海里没有可领的线索", "L2 归你了，卡片见下一条")


async def test_a_manager_sees_who_is_late_and_can_give_it_away(day: Day):
    lead = await day.lead()
    other = await day.lead(CHEN, region=SOUTH, pool="south", phone="+8613900000001")
    await day.says(LINA, f"提醒 {lead.id} 今天上午11点打电话")
    await day.says(LINA, "提醒我今天上午11点半交周报")
    await day.says(CHEN, f"提醒 {other.id} 今天上午11点打电话")
    day.push(hours=3)

    reply = await day.says(WANG, "逾期")

    assert reply.card is not None
    assert (reply.card.title, reply.card.note) == ("逾期任务 2 个", "李娜 2")
    assert labels(reply.card) == [f"改派 {lead.id}", "转交 T2"]
    asked = await day.presses(WANG, reply.card, f"改派 {lead.id}")
    assert "改派" in told(asked)
    assert "李娜 2、陈晨 1" in told(await day.says(ZHOU, "逾期"))
    assert "陈晨 1" in told(await day.says(LIU, "逾期"))


async def test_a_rep_sees_his_own_late_tasks(day: Day):
    lead = await day.lead()
    await day.says(LINA, f"提醒 {lead.id} 今天上午11点打电话")
    day.push(hours=3)

    mine, others = await day.says(LINA, "逾期"), await day.says(GAO, "逾期")

    assert mine.card is not None
    assert labels(mine.card) == ["T1"]
    assert "没有逾期任务" in told(others)


@pytest.mark.parametrize("said", ["我的线索", "我的任务", "我的商机", "逾期", "查 林晓"])
async def test_names_are_not_read_out_in_a_group(day: Day, said: str):
    await day.lead()

    reply = await day.says(LINA, said, chat="group-1")

    assert reply.card is None
    assert "私聊" in reply.text
