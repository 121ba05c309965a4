"""A file is sent to the bot in chat, looked at, taken in by a tap, and taken back by another."""

from __future__ import annotations

import re

import pytest

from bot.simulator.dingtalk.driver import Driver as DingDriver
from bot.store.tables import METADATA
from tests.conftest import NOW
from tests.story.conftest import ShiftedClock, World, running
from tests.story.test_dingtalk import known

DIRECTOR, REP = "zhoumin", "lina"
WITHIN = 20.0
FILE = (
    "姓名,手机号,公司,城市,来源,会员卡\n"
    "王小明,13800138001,云帆科技有限公司,上海,官网,A1\n"
    "李四,138 0013 8002,星海制造,杭州,展会,\n"
    "王小明,+8613800138001,云帆科技,,,\n"
    "没有电话,1.38E+10,,,,\n"
).encode("gb18030")


@pytest.fixture
async def world(sqlite_url):
    async with running(sqlite_url, clock=ShiftedClock(NOW), dingtalk=True) as started:
        yield started


async def names(world: World) -> set[str]:
    from sqlalchemy import select

    async with world.app.bench.store.read() as tx:
        return {row.name for row in await tx.all(select(METADATA.tables["leads"].c.name))}


def report_of(world: World) -> str:
    """Where the button behind the youngest card leads."""
    card = str(world.people.cards(DIRECTOR)[-1])
    found = re.search(r"http://[^'\"]+/imports/I\d+/[0-9a-f]{32}\.csv", card)
    assert found, card
    return found[0]


async def test_wecom_file_is_tried_taken_in_and_undone(world):
    """The card says what would be; nothing is there before 导入, everything after, nothing after 撤销."""
    assert await world.people.send_file(DIRECTOR, "客户.csv", FILE)

    shown = await world.sees(DIRECTOR, "导入线索：客户.csv", within=WITHIN)
    assert "只是试导入" in shown
    assert all(word in shown for word in ("新建 2", "合并 1", "未导入 1", "会员卡")), shown
    assert await names(world) == set()

    report = report_of(world)
    async with world.http.get(report) as response:
        text = (await response.read()).decode("utf-8-sig")
    assert [line.split(",")[1] for line in text.splitlines()[1:]] == ["新建", "新建", "合并", "未导入"]
    async with world.http.get(report.replace(".csv", "0.csv")) as response:
        assert response.status == 404

    await world.tap(DIRECTOR, "导入", within=WITHIN)
    assert "已导入线索" in await world.sees(DIRECTOR, "已导入线索", within=WITHIN)
    assert await names(world) == {"王小明", "李四"}

    await world.tap(DIRECTOR, "撤销这一批", within=WITHIN)
    await world.sees(DIRECTOR, "之后有人跟进过的不动", within=WITHIN)
    await world.tap(DIRECTOR, "撤销这一批", within=WITHIN)
    await world.sees(DIRECTOR, "已撤销", within=WITHIN)
    assert await names(world) == set()


async def test_reps_are_not_let(world):
    """A rep is told whom to ask, and nothing is fetched."""
    assert await world.people.send_file(REP, "客户.csv", FILE)

    await world.sees(REP, "导入文件请找市场、经理或管理员", within=WITHIN)
    assert world.simulator.world.people[REP]
    async with world.app.bench.store.read() as tx:
        from bot.store import import_batches

        assert await import_batches.latest(tx, most=5) == []


async def test_dingtalk_file_goes_the_same_way(world):
    """By a download code; a broken file is said to be one."""
    ding = DingDriver(world.simulator.dingtalk)
    await ding.until(lambda: ding.world.connections, within=WITHIN)
    await known(world, ding)
    boss = "manager3"
    assert await ding.send_file(boss, "名单.csv", FILE)

    await ding.until(lambda: any("导入线索" in str(one) for one in ding.cards(boss)), within=WITHIN)
    assert await ding.tap(boss, "导入")
    await ding.until(lambda: any("已导入线索" in str(one) for one in ding.cards(boss)), within=WITHIN)
    assert await names(world) == {"王小明", "李四"}

    assert await ding.send_file(boss, "坏.xlsx", b"PK\x03\x04 not a workbook")
    await ding.until(lambda: any("文件打不开" in one for one in ding.texts(boss)), within=WITHIN)
