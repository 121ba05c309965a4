"""帮助, 反馈, 取消."""

from __future__ import annotations

from typing import Any

import pytest

from bot.cards.texts import help as texts
from bot.crm.user import Role
from bot.store import feedback
from bot.store.tables.people import feedback as table
from tests.handlers.workday import ADMIN, LINA, WANG, Day, staff


@pytest.fixture
async def day(unit: Any, clock: Any) -> Day:
    await unit(staff)
    return Day(unit, clock)


async def test_help_says_what_this_person_can_do(day: Day):
    rep, manager = await day.says(LINA, "帮助", platform="wecom"), await day.says(WANG, "帮助")

    assert "跟进 L7" in rep.text
    assert "改派" not in rep.text
    assert "改派 L7" in manager.text
    assert "本月业绩排名" in manager.text
    assert "或点菜单" in rep.text


async def test_help_in_a_group_lists_what_is_answered_there(day: Day):
    """Numbers are for private chat; whoever may bind a group reads how."""
    rep, manager = await day.says(LINA, "帮助", chat="g1"), await day.says(WANG, "帮助", chat="g1")

    assert "本月业绩排名" not in manager.text
    assert "数字只能私聊问我" in manager.text
    assert "绑定本群" in manager.text
    assert "绑定本群" not in rep.text
    assert "菜单" not in rep.text + manager.text


@pytest.mark.parametrize("said", ["帮助 商机", "怎么转商机", "报价", "怎么用"])
async def test_help_on_a_topic_shows_how_it_is_written(day: Day, said: str):
    assert "D4" in (await day.says(LINA, said)).text


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("topic", ["", "跟进", "任务", "线索", "商机", "值班", "media", "量子力学"])
def test_every_help_fits_into_one_message(role: Role, topic: str):
    """WeCom cuts a text at 2,048 bytes."""
    assert 0 < len(texts.text(role, topic).encode()) < 2048


@pytest.mark.parametrize("role", [Role.REP, Role.MANAGER, Role.DIRECTOR])
def test_who_sells_reads_why_nothing_went_and_what_waits_for_him(role: Role):
    """What he may ask stands where he looks for it; of 素材 there is more to read."""
    said = texts.text(role)
    assert all(one in said for one in ("为什么没发", "同意记录", "旅程", "素材", "待我审批"))
    assert "预览 产品介绍 L7" in texts.text(role, "素材")


def test_nobody_reads_of_help_that_is_not_his():
    """A marketer handles no leads and no deals; an admin sets things up."""
    for role in (Role.MARKETER, Role.ADMIN):
        said = texts.text(role)
        assert not [
            topic for topic in ("跟进", "商机", "任务", "值班") if f" {topic} " in said.splitlines()[-1]
        ]
        assert "反馈" in said
    assert "帮助 指标" in texts.text(Role.MARKETER)
    assert "值班" in texts.text(Role.REP).splitlines()[-1]


async def test_feedback_is_sealed_and_reaches_the_admins(day: Day):
    asked = await day.says(LINA, "反馈")
    thanked = await day.says(LINA, "按钮太小")

    assert "直接回复" in asked.text
    assert "谢谢" in thanked.text
    (row,) = await day.rows(table)
    assert "按钮".encode() not in row.text
    assert await day.unit(lambda desk: _opened(desk, row)) == "按钮太小"
    assert await day.texts_to(f"wx-{ADMIN.id}") == ["李娜 的反馈：按钮太小"]


async def _opened(desk: Any, row: Any) -> str:
    return feedback.read(desk, row.id, row.text)


async def test_cancel_is_always_polite(day: Day):
    assert (await day.says(LINA, "取消")).text
