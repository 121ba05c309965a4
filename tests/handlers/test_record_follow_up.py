"""跟进: what was done is written down, the next task is understood, the lead is being worked on."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.crm.lead import LeadStatus
from bot.store.tables.sales import follow_ups, tasks
from tests.handlers.workday import CHEN, EAST, GAO, LINA, WANG, Day, labels, staff, told

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
async def day(unit: Any, clock: Any) -> Day:
    await unit(staff)
    return Day(unit, clock)


async def test_a_sentence_becomes_a_row_a_task_and_a_card(day: Day):
    """Recorded with its facts and the working minutes it took; the task has its date."""
    lead = await day.lead()
    day.push(minutes=25)

    reply = await day.says(LINA, f"跟进 {lead.id} 已电话,客户要报价,下周二下午3点回访")

    (row,) = await day.rows(follow_ups)
    assert (row.lead_id, row.user_id, row.owner_id, row.kind) == (lead.id, "lina", "lina", "call")
    assert (row.team, row.region, row.response_minutes) == ("上海组", EAST, 25)
    assert "报价".encode() not in row.text
    (task,) = await day.rows(tasks)
    assert task.due_at.astimezone(SHANGHAI) == datetime(2026, 11, 24, 15, tzinfo=SHANGHAI)
    assert not task.whole_day
    said = told(reply)
    assert "已记录跟进：林晓·星河科技" in said
    assert "方式：电话" in said
    assert "首次响应：25 分钟（工作时间）" in said
    assert "下次：11月24日 周二 15:00 回访" in said


async def test_the_task_comes_as_a_card_of_its_own(day: Day):
    lead = await day.lead()

    await day.says(LINA, f"{lead.id} 已电话，下周二回访")

    (card,) = await day.cards_of(LINA, "task:T1")
    assert card.title == "任务：回访"
    assert labels(card)[:3] == ["完成", "推迟", "转交"]
    assert card.choice is not None
    assert [label for _, label in card.choice.options] == ["11月25日", "11月27日", "12月1日"]


async def test_the_lead_is_being_worked_on_and_its_clock_has_stopped(day: Day):
    lead = await day.lead()

    await day.says(LINA, f"{lead.id} 已加微信")

    after = await day.get(lead.id)
    assert after.status is LeadStatus.WORKING
    assert after.last_follow_up_at == day.clock.now


async def test_only_the_first_answer_is_measured_and_a_new_enquiry_starts_again(day: Day):
    """Nights do not count."""
    lead = await day.lead()
    day.push(hours=24)
    await day.says(LINA, f"{lead.id} 已电话")
    await day.says(LINA, f"{lead.id} 又电话")

    first, second = sorted(await day.rows(follow_ups), key=lambda row: row.response_minutes is None)

    assert first.response_minutes == 450
    assert second.response_minutes is None


async def test_without_a_day_it_offers_some_and_a_press_makes_the_task(day: Day):
    lead = await day.lead()

    reply = await day.says(LINA, f"{lead.id} 已加微信")

    assert reply.card is not None
    assert labels(reply.card) == ["明天", "3天后", "下周一", "看线索"]
    planned = await day.presses(LINA, reply.card, "3天后")
    assert planned.card is not None
    assert (planned.topic, planned.card.title) == ("task:T1", "任务：回访")
    assert (await day.task("T1")).lead_id == lead.id


async def test_a_follow_up_does_what_was_due_today_and_leaves_what_is_later(day: Day):
    lead = await day.lead()
    await day.says(LINA, f"提醒 {lead.id} 今天下午3点打电话")
    await day.says(LINA, f"提醒 {lead.id} 周五发合同")

    reply = await day.says(LINA, f"{lead.id} 已电话，下周一再聊")

    assert [(await day.task(one)).state.value for one in ("T1", "T2", "T3")] == ["done", "open", "open"]
    assert "已完成：T1" in told(reply)


async def test_a_name_will_do_if_it_is_one_of_mine(day: Day):
    lead = await day.lead(name="林晓")
    await day.lead(GAO, name="林晓", phone="+8613900000001")

    await day.says(LINA, "跟进 林晓 已电话")

    (row,) = await day.rows(follow_ups)
    assert row.lead_id == lead.id


async def test_two_of_one_name_are_asked_about(day: Day):
    for number in (1, 2):
        await day.lead(name="林晓", phone=f"+861390000000{number}")

    reply = await day.says(LINA, "跟进 林晓 已电话")

    assert "L1、L2" in reply.text
    assert await day.rows(follow_ups) == []


@pytest.mark.parametrize("who", [GAO, CHEN])
async def test_a_stranger_learns_nothing_and_leaves_a_row(day: Day, who: Any):
    """The same answer for a lead that is not his and for one that is not there."""
    lead = await day.lead()

    reply = await day.says(who, f"跟进 {lead.id} 已电话")
    absent = await day.says(who, "跟进 L999 已电话")

    assert reply.text == absent.text.replace("L999", lead.id)
    assert "林晓" not in told(reply)
    assert await day.rows(follow_ups) == []
    assert await day.refusals() == [(who.id, f"lead:{lead.id}"), (who.id, "lead:L999")]


async def test_a_manager_writes_for_his_rep_and_is_not_the_first_answer(day: Day):
    lead = await day.lead()

    await day.says(WANG, f"跟进 {lead.id} 我已和客户老板电话")

    (row,) = await day.rows(follow_ups)
    assert (row.user_id, row.owner_id, row.response_minutes) == ("wang", "lina", None)


async def test_the_button_asks_and_the_next_words_are_the_answer(day: Day):
    lead = await day.lead()

    asked = await day.says(LINA, f"跟进 {lead.id}")
    await day.says(LINA, "已上门拜访，月底签约")

    assert "直接回复" in asked.text
    (row,) = await day.rows(follow_ups)
    assert row.kind == "visit"


async def test_after_cancel_words_are_no_answer(day: Day):
    lead = await day.lead()
    await day.says(LINA, f"跟进 {lead.id}")

    await day.says(LINA, "取消")
    await day.says(LINA, "我的线索")

    assert await day.rows(follow_ups) == []


async def test_in_a_group_nothing_private_is_said(day: Day):
    lead = await day.lead()

    reply = await day.says(LINA, f"跟进 {lead.id} 已电话", chat="group-1")

    assert reply.card is None
    assert "林晓" not in reply.text
    assert len(await day.rows(follow_ups)) == 1
