"""改派 of a lead that became a deal: all of it goes to the new owner, and both are told what went along."""

from __future__ import annotations

from typing import Any

import pytest

from bot.store.tables.sales import accounts, opportunities, opportunity_changes, tasks
from tests.handlers.workday import GAO, LINA, WANG, Day, staff, told


@pytest.fixture
async def day(unit: Any, clock: Any) -> Day:
    await unit(staff)
    return Day(unit, clock)


@pytest.fixture
async def sold(day: Day) -> Day:
    """L1 became D1, and there is something to be done."""
    await day.lead()
    await day.says(LINA, "转商机 L1 专业版 5万")
    await day.says(LINA, "跟进 L1 已电话，下周二回访")
    return day


async def owners(day: Day) -> dict[str, set[str]]:
    tables = {"deal": opportunities, "account": accounts, "task": tasks}
    return {name: {row.owner_id for row in await day.rows(table)} for name, table in tables.items()}


@pytest.mark.parametrize(("who", "said"), [(WANG, "改派 L1 高峰"), (LINA, "转交 L1 高峰")])
async def test_nothing_of_it_stays_behind(sold: Day, who: Any, said: str):
    reply = await sold.says(who, said)

    assert (await sold.get("L1")).owner_id == "gao"
    assert await owners(sold) == {"deal": {"gao"}, "account": {"gao"}, "task": {"gao"}}
    assert "连同商机 D1、1 个任务" in told(reply)
    changes = await sold.rows(opportunity_changes, field="owner_id")
    assert [(row.before, row.after) for row in changes] == [("lina", "gao")]


async def test_the_new_owner_has_it_all_before_him(sold: Day):
    """The lead's card says what came along, the deal's can be worked on, and the old owner's can not."""
    await sold.says(WANG, "改派 L1 高峰")

    (lead,) = await sold.cards_of(GAO, "lead:L1")
    assert lead.note == "王磊分给你，连同商机 D1、1 个任务"
    (deal,) = await sold.cards_of(GAO, "deal:D1")
    assert "赢单" in [button.label for button in deal.buttons]
    assert "D1" in told(await sold.says(GAO, "我的商机"))
    assert "没有找到你负责的商机" in told(await sold.says(LINA, "D1 赢单 5万"))


async def test_a_customer_of_ours_is_not_to_be_met_for_the_first_time(day: Day):
    """However hot the lead was, a converted one brings no urgent first call."""
    await day.lead()
    await day.says(LINA, "转商机 L1 专业版 5万")

    reply = await day.says(WANG, "改派 L1 高峰")

    assert await day.rows(tasks) == []
    assert "连同商机 D1" in told(reply)
    assert "任务" not in told(reply)


async def test_a_closed_deal_stays_with_who_closed_it(sold: Day):
    """What was won or lost counts for him; what is still to be done goes."""
    await sold.says(LINA, "D1 输单 价格")

    await sold.says(WANG, "改派 L1 高峰")

    assert await owners(sold) == {"deal": {"lina"}, "account": {"lina"}, "task": {"gao"}}


async def test_why_is_kept_and_told(sold: Day):
    """Asked once it is known to whom, and given only then."""
    asked = await sold.says(WANG, "改派 L1")
    why = await sold.presses(WANG, asked.card, "下一步", to="gao")
    assert (why.card.choice.key, (await owners(sold))["deal"]) == ("why", {"lina"})

    await sold.presses(WANG, why.card, "确定", why="休假")

    (lead,) = await sold.cards_of(GAO, "lead:L1")
    assert lead.note.startswith("王磊分给你（休假）")
    assert "王磊改派，原因：休假" in told(await sold.says(LINA, "L1"))


async def test_a_reason_of_ones_own_making_is_not_kept(sold: Day):
    """Choices come back from a phone: only those of the list count."""
    asked = await sold.says(WANG, "改派 L1")

    why = await sold.presses(WANG, asked.card, "下一步", to="gao")

    await sold.presses(WANG, why.card, "确定", why="<b>13812345678")

    (lead,) = await sold.cards_of(GAO, "lead:L1")
    assert lead.note.startswith("王磊分给你，")
