"""Every role asks everything, alone and before others: nothing of anybody else is told in any part of an answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from bot.chat.outbound import Reply
from bot.crm.commands import Ask
from bot.crm.company import Company
from bot.crm.user import Role, User
from bot.handlers import Scope
from bot.handlers.ask import on_ask
from bot.kit.vault import Vault
from bot.store import dialogues
from bot.store.database import Store
from bot.store.desk import Desk
from tests.insight.small_company import EAST, NOW, SOUTH, ZONE, at, deal, lead
from tests.store.metrics_data import Made, pour

#: Whoever sold, with an amount that nobody else's sum can look like.
SOLD = {
    "wanglei": 1_000_003, "zhangsan": 2_000_081, "lina": 4_000_159, "wangwei1": 8_000_243,
    "wangwei2": 16_000_057, "chenchen": 32_000_011, "liuyang": 64_000_031, "gone": 128_000_003,
}  # fmt: skip
PEOPLE = {
    one.id: one
    for one in (
        User(id="chenli", name="陈立", role=Role.EXECUTIVE, region="", team=""),
        User(id="zhoumin", name="周敏", role=Role.DIRECTOR, region="", team=""),
        User(id="wanglei", name="王磊", role=Role.MANAGER, region=EAST, team=""),
        User(id="liuyang", name="刘洋", role=Role.MANAGER, region=SOUTH, team=""),
        User(id="zhangsan", name="张三", role=Role.REP, region=EAST, team="上海组"),
        User(id="lina", name="李娜", role=Role.REP, region=EAST, team="上海组"),
        User(id="wangwei1", name="王伟", role=Role.REP, region=EAST, team="杭州组"),
        User(id="wangwei2", name="王伟", role=Role.REP, region=SOUTH, team="广州组"),
        User(id="chenchen", name="陈晨", role=Role.REP, region=SOUTH, team="深圳组"),
        User(id="shichang", name="石畅", role=Role.MARKETER, region="", team=""),
        User(id="itops", name="运维", role=Role.ADMIN, region="", team=""),
        User(id="gone", name="前缘", role=Role.REP, region=EAST, team="上海组", active=False),
    )
}
#: Each role, the managers and reps of each region, and whoever left; alone and before others.
CHATS = (
    *((who, "private") for who in PEOPLE if who not in {"lina", "wangwei1", "wangwei2"}),
    *((who, "group-1") for who in ("chenli", "wanglei", "liuyang", "lina", "shichang", "itops")),
)
NAMES = [one.name for one in PEOPLE.values()]
QUESTIONS: tuple[tuple[str, ...], ...] = (
    *((f"{name}本月业绩",) for name in NAMES),
    *((f"{name}本月业绩", "赢单数呢", "按月") for name in ("李娜", "陈晨")),
    *(
        (f"{scope}{metric}",)
        for scope in ("", "我", "我们组", "我们大区", "全公司", "华东", "华南", "上海组", "广州组")
        for metric in ("本月业绩", "本月赢单率")
    ),
    *(
        (text,)
        for text in (
            "本月业绩排名", "谁本月业绩最高", "谁业绩最低", "各销售本月业绩", "各组本月业绩", "各大区本月业绩",
            "业绩前三", "业绩按来源", "业绩按产品和人", "本月业绩走势", "每月业绩", "业绩环比", "各大区业绩同比",
            "张三和陈晨业绩对比", "张三李娜王伟业绩", "华东和华南业绩对比", "客单价按人", "在跟商机金额",
            "各销售在跟商机金额", "公海线索", "各大区公海线索", "公海线索按人", "未分配线索", "漏斗", "漏斗按人",
            "本月新增线索", "各来源新增线索", "线索和渠道花费", "百度推广花了多少钱", "各渠道ROI", "邮件打开率",
            "下个月销售预测", "各销售业绩达成率", "王伟业绩", "小王业绩", "王总业绩", "李那业绩", "陈辰业绩",
            "成交率", "客户数", "你好", "什么是MQL", "除了张三的业绩", "业绩超过10万的人", "张三的电话", "",
            "@陈晨 本月业绩", "陳晨本月業績", "chenchen本月业绩", "wangwei2的业绩", "陈晨业绩超过100万吗",
            "广州组王伟业绩", "杭州组王伟业绩", "张三和全公司业绩对比", "我和陈晨谁业绩好",
        )
    ),
    ("王伟业绩", "广州组的"), ("王伟业绩", "2"), ("本月业绩", "陈晨呢"), ("本月业绩", "按人"),
    ("本月业绩", "全公司的"), ("公海线索", "业绩呢"), ("公海线索", "按人呢"), ("成交率", "1", "陈晨的"),
)  # fmt: skip


def world() -> Made:
    made = Made(ZONE, NOW)
    for one in PEOPLE.values():
        row = {name: getattr(one, name) for name in ("id", "name", "region", "team", "position", "active")}
        made.put("users", **row, role=one.role.value, on_duty=True, platform="wecom", joined_at=at(1, 1))
    lead(made, "L1", at(11, 2), owner=None, source="官网", pool_id="south", region=SOUTH)
    return made


def sell(made: Made) -> Made:
    """A deal won and one open for each, and a lead."""
    for number, (who, amount) in enumerate(SOLD.items(), 1):
        deal(made, f"D{number}", who, Decimal(amount), closed=at(11, 3 + number), won=True, people=PEOPLE)
        deal(made, f"O{number}", who, Decimal(amount + 7), closed=None, won=None, people=PEOPLE)
        lead(made, f"L{number + 10}", at(11, 2), owner=who, source="官网", people=PEOPLE)
    return made


@dataclass
class House:
    """Everybody's chat."""

    store: Store
    company: Company
    vault: Vault
    random_bytes: Callable[[int], bytes]

    def desk(self, tx: Any) -> Desk:
        return Desk(tx=tx, company=self.company, now=NOW, vault=self.vault, random_bytes=self.random_bytes)

    async def hears(self, who: str, turns: tuple[str, ...], chat: str) -> list[str]:
        """All that can be read of each answer."""
        await self.store.write(lambda tx: dialogues.forget(tx, who, "ask"))
        said = []
        for text in turns:
            async with self.store.read() as tx:
                reply = await on_ask(Ask(text), Scope(self.desk(tx), PEOPLE[who], chat=chat))
            if reply.memory is not None:
                kept = reply.memory
                await self.store.write(
                    lambda tx, kept=kept: dialogues.keep(
                        self.desk(tx), who, kept.kind, kept.state, for_=kept.lasts
                    )
                )
            said.append(everything(reply))
        return said


def everything(reply: Reply) -> str:
    """Text, card, buttons, picture."""
    parts = [reply.text, json.dumps(reply.image.chart, ensure_ascii=False) if reply.image else ""]
    card = reply.card
    if card is not None:
        parts += [card.title, card.note, card.text, *(card.emphasis or ())]
        for button in card.presses:
            parts += [button.label, button.command.text if isinstance(button.command, Ask) else ""]
    return "\n".join(parts)


@pytest.fixture
def house(
    sqlite_url: str, lite: Store, company: Company, vault: Vault, random_bytes: Callable[[int], bytes]
) -> House:
    pour(sqlite_url, sell(world()))
    return House(lite, company, vault, random_bytes)


def seen_by(who: User) -> set[str]:
    """Whose own numbers he may read."""
    if who.role in {Role.EXECUTIVE, Role.DIRECTOR}:
        return set(PEOPLE)
    if who.role is Role.MANAGER:
        return {one.id for one in PEOPLE.values() if one.region == who.region}
    return {who.id} if who.role is Role.REP and who.active else set()


def forbidden(who: User, chat: str) -> tuple[set[str], set[int]]:
    """Names, and amounts: of one person, of a team, of a region, of all.

    A marketer sees totals, however small; whose they are he is not told.
    """
    seen = seen_by(who) if chat == "private" else set()
    names = set(NAMES) - {PEOPLE[one].name for one in seen}
    amounts = {SOLD[one] + more for one in SOLD if one not in seen for more in (0, 7)}
    sums = {
        EAST: sum(SOLD[one] for one in SOLD if PEOPLE[one].region == EAST),
        SOUTH: sum(SOLD[one] for one in SOLD if PEOPLE[one].region == SOUTH),
        "": sum(SOLD.values()),
    }
    if who.role is Role.MARKETER and chat == "private":
        return names, set()
    wide = who.role in {Role.EXECUTIVE, Role.DIRECTOR, Role.MARKETER}
    for region, total in sums.items():
        if not wide and not (who.role is Role.MANAGER and region == who.region):
            amounts.add(total)
    return names, amounts


@pytest.mark.parametrize(("who", "chat"), CHATS)
async def test_nothing_of_others_is_told(house: House, who: str, chat: str) -> None:
    """No name and no amount of anybody whom he may not see; before others nobody's at all."""
    names, amounts = forbidden(PEOPLE[who], chat)
    leaks = []
    for turns in QUESTIONS:
        for said in await house.hears(who, turns, chat):
            figures = {int(found) for found in re.findall(r"\d+", said.replace(",", ""))}
            leaks += [(turns, name) for name in names if name in said]
            leaks += [(turns, amount) for amount in amounts & figures]
    assert leaks == []


@pytest.mark.parametrize(
    ("who", "chat", "turns", "amount"),
    [
        ("chenli", "private", ("本月业绩",), sum(SOLD.values())),
        ("zhoumin", "private", ("陈晨本月业绩",), SOLD["chenchen"]),
        ("wanglei", "private", ("王伟业绩",), SOLD["wangwei1"]),
        ("lina", "private", ("本月业绩",), SOLD["lina"]),
        ("shichang", "private", ("本月业绩",), sum(SOLD.values())),
        ("chenli", "group-1", ("本月业绩",), sum(SOLD.values())),
        ("liuyang", "group-1", ("本月业绩",), sum(SOLD[one] for one in ("wangwei2", "chenchen", "liuyang"))),
    ],
)
async def test_what_is_theirs_is_told(
    house: House, who: str, chat: str, turns: tuple[str, ...], amount: int
) -> None:
    """So that silence is not taken for safety."""
    said = await house.hears(who, turns, chat)
    assert f"{amount:,}" in said[-1]


async def test_whoever_left_is_told_nothing(house: House) -> None:
    """Not even what he could ask."""
    for turns in QUESTIONS:
        for said in await house.hears("gone", turns, "private"):
            assert not re.search(r"[¥\d]", said), turns
