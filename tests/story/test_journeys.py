"""Journeys through the whole program: put in by a button, asked of a manager, changed while somebody is inside."""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.story.conftest import ShiftedClock, World, running

WANG = {"name": "王芳", "phone": "13912345678", "company": "星河制造", "city": "上海"}
DISCOUNT = """name: 特价申请
enter: [{manual: true}]
again: always
steps:
  - approve: 给他八折
    within: 2个工作日
    then: [{tag: 重点客户}, {notify: owner, text: 可以给八折了。}]
    else: [{notify: owner, text: 按原价谈。}]
"""


@pytest.fixture
async def world(tmp_path: Path, sqlite_url: str) -> AsyncIterator[World]:
    config = tmp_path / "config"
    shutil.copytree(ROOT / "config", config)
    (config / "journeys" / "discount.yaml").write_text(DISCOUNT, encoding="utf-8")
    async with running(sqlite_url, clock=ShiftedClock(), config=config) as started:
        yield started


async def test_a_rep_asks_his_manager_by_a_journey(world: World):
    """A button on the lead's card, a card for the manager, a reason in his words, and the rep reads both ends."""
    await world.form("website", **WANG, consent=True)
    await world.tap("zhangsan", "领取")
    await world.tap("zhangsan", "旅程")
    await world.tap("zhangsan", "加入", journey="discount")
    await world.sees("zhangsan", "已进入「特价申请」")

    await world.sees("wanglei", "审批：给他八折")
    await world.tap("wanglei", "拒绝")
    await world.sees("wanglei", "为什么不同意")
    await world.people.say("wanglei", "预算不够")

    await world.sees("zhangsan", "王磊没有同意「给他八折」")
    await world.sees("zhangsan", "理由：预算不够")
    await world.sees("zhangsan", "按原价谈。")
    await world.sees("wanglei", "王磊没有同意")

    await world.people.say("zhangsan", "L1 加入旅程 特价申请")
    await world.sees("wanglei", "P2")
    await world.people.say("wanglei", "批准 P2")
    await world.sees("zhangsan", "可以给八折了。")


async def test_a_journey_is_paused_published_rolled_back_and_stopped_by_words(world: World):
    """All of it from a chat, with somebody inside who goes on as he entered."""
    await world.form("website", **WANG, consent=True)
    await world.tap("zhangsan", "领取")
    await world.people.say("zhoumin", "暂停旅程 特价申请")
    await world.sees("zhoumin", "「特价申请」已暂停")
    await world.people.say("zhangsan", "L1 加入旅程 特价申请")
    await world.sees("zhangsan", "L1 已进入「特价申请」")
    await world.people.say("zhoumin", "恢复旅程 特价申请")
    await world.sees("wanglei", "审批：给他八折")

    file = Path(world.app.settings.config_dir) / "journeys" / "discount.yaml"
    file.write_text(DISCOUNT.replace("给他八折", "给他七折"), encoding="utf-8")
    await changed(world)
    await world.people.say("zhoumin", "发布旅程 特价申请")
    await world.sees("zhoumin", "现在里面有 1 人")
    await world.tap("zhoumin", "发布")
    await world.sees("zhoumin", "「特价申请」第 2 版已发布")

    await world.people.say("wanglei", "批准 P1")
    await world.sees("zhangsan", "可以给八折了。")
    await world.people.say("zhangsan", "L1 加入旅程 特价申请")
    await world.sees("wanglei", "审批：给他七折")

    await world.people.say("zhoumin", "回退旅程 特价申请")
    await world.tap("zhoumin", "确定回退")
    await world.sees("zhoumin", "已回到第 1 版")
    await world.people.say("zhoumin", "停止旅程 特价申请")
    await world.sees("zhoumin", "里面的 1 人都会退出")
    await world.tap("zhoumin", "确定停止")
    await world.sees("zhoumin", "「特价申请」已停止")
    await world.people.say("wanglei", "批准 P2")
    await world.sees("wanglei", "不用定了")


async def changed(world: World) -> None:
    """Wait until what was written by hand is read."""

    def is_read() -> bool:
        steps = world.app.bench.company.journeys["discount"].steps
        return getattr(steps[0], "approve", "") == "给他七折"

    await world.people.until(is_read, within=20)
