"""Tasks: reminded in working hours, once more when overdue; done, put off, handed over."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.crm.task import TaskState
from bot.store.tables.sales import task_changes
from tests.handlers.workday import CHEN, GAO, LINA, WANG, Day, button, labels, staff, told

SHANGHAI = ZoneInfo("Asia/Shanghai")


@pytest.fixture
async def day(unit: Any, clock: Any) -> Day:
    await unit(staff)
    return Day(unit, clock)


@pytest.fixture
async def task(day: Day) -> str:
    """T1: 回访 tomorrow at three."""
    lead = await day.lead()
    await day.says(LINA, f"提醒 {lead.id} 明天下午3点回访")
    return "T1"


def local(at: Any) -> str:
    return f"{at.astimezone(SHANGHAI):%m-%d %H:%M}"


async def test_it_reminds_when_it_is_due_and_once_more_the_next_working_morning(day: Day, task: str):
    assert local(await day.timer_of(task)) == "11-19 15:00"

    day.push(hours=29)
    await day.reminded(task)
    assert local(await day.timer_of(task)) == "11-20 09:00"
    assert [card.note for card in await day.cards_of(LINA, "task:T1")] == ["到时间了"]

    day.push(hours=18)
    await day.reminded(task)
    assert sorted(card.note for card in await day.cards_of(LINA, "task:T1")) == ["到时间了", "已逾期 18 小时"]


async def test_a_task_that_has_ended_reminds_nobody(day: Day, task: str):
    await day.says(LINA, "完成 T1")

    await day.reminded(task)

    assert await day.timer_of(task) is None
    assert await day.cards_of(LINA, "task:T1") == []


async def test_done_is_done_once(day: Day, task: str):
    first = await day.says(LINA, "完成 T1")
    second = await day.says(LINA, "T1 完成")

    assert first.card is not None
    assert first.card.note == "已完成，11月18日 周三 10:00"
    assert "完成" not in labels(first.card)
    assert "已经完成了" in second.text
    assert [row.what for row in await day.rows(task_changes)] == ["done"]


async def test_a_chosen_time_puts_it_off_and_the_reminder_moves(day: Day, task: str):
    shown = await day.says(LINA, "T1")
    assert shown.card is not None

    reply = await day.presses(LINA, shown.card, "推迟", until="3天后")

    assert "时间：11月23日 周一" in told(reply)
    assert local(await day.timer_of(task)) == "11-23 09:00"
    (row,) = await day.rows(task_changes)
    assert (row.what, row.by) == ("postponed", "lina")
    assert row.before < row.after


async def test_without_a_time_it_asks_and_what_is_unclear_it_asks_again(day: Day, task: str):
    asked = await day.says(LINA, "推迟 T1")
    unclear = await day.says(LINA, "等会儿吧")
    await day.says(LINA, "周五上午")

    assert "什么时候" in asked.text
    assert "没看懂「等会儿吧」" in unclear.text
    assert local((await day.task(task)).due_at) == "11-20 10:00"


async def test_whoever_gets_it_is_told_and_whoever_gave_it_sees_so(day: Day, task: str):
    reply = await day.says(LINA, "T1 转交 高峰")

    assert reply.card is not None
    assert (reply.card.note, reply.card.buttons) == ("已转交给高峰", ())
    (card,) = await day.cards_of(GAO, "task:T1")
    assert card.note == "李娜 转交给你"
    assert button(card, "完成")
    assert (await day.task(task)).owner_id == "gao"
    (row,) = await day.rows(task_changes)
    assert (row.what, row.before, row.after) == ("handed_over", "lina", "gao")


async def test_without_a_name_it_lists_colleagues_and_a_wrong_name_is_said(day: Day, task: str):
    asked = await day.says(LINA, "转交 T1")
    wrong = await day.says(LINA, "没这个人")

    assert asked.card is not None
    assert asked.card.choice is not None
    assert [name for _, name in asked.card.choice.options] == ["高峰 南京组"]
    assert "没有叫「没这个人」的同事" in told(wrong)
    assert wrong.card is not None
    given = await day.presses(LINA, wrong.card, "确定", to="gao")
    assert "已转交给高峰" in told(given)


@pytest.mark.parametrize("said", ["T1", "完成 T1", "T1 推迟到明天", "T1 转交 高峰"])
async def test_a_stranger_can_do_nothing_with_it(day: Day, task: str, said: str):
    reply = await day.says(CHEN, said)

    assert "没有找到你的任务" in reply.text
    assert "回访" not in told(reply)
    assert (await day.task(task)).state is TaskState.OPEN
    assert await day.refusals() == [("chen", "task:T1")]


async def test_the_manager_of_the_owner_can(day: Day, task: str):
    reply = await day.says(WANG, "完成 T1")

    assert "负责人：李娜" in told(reply)
    assert (await day.task(task)).state is TaskState.DONE


async def test_every_card_about_it_is_drawn_again(day: Day, task: str):
    day.push(hours=29)
    await day.reminded(task)

    await day.says(LINA, "完成 T1")

    (card,) = await day.cards_of(LINA, "task:T1")
    assert card.note.startswith("已完成")


async def test_a_task_of_ones_own_needs_no_lead(day: Day):
    reply = await day.says(LINA, "提醒我周五下午5点交周报")

    assert reply.card is not None
    assert reply.card.title == "任务：交周报"
    assert (await day.task("T1")).lead_id is None


async def test_a_plan_without_a_day_is_asked_for(day: Day):
    lead = await day.lead()

    asked = await day.says(LINA, f"提醒 {lead.id} 发合同")
    planned = await day.says(LINA, "后天")

    assert "什么时候" in asked.text
    assert planned.topic == "task:T1"
