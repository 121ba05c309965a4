"""Leads with full lives: entered, followed up, handed on, converted, quoted, lost; by seeded dice."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import select

from bot.crm.user import User
from bot.intake import merge
from bot.intake.merge import Obstacle
from bot.store import leads
from bot.store.desk import Desk
from bot.store.merges import Merge
from bot.store.tables.behaviour import behaviours, touch_points
from bot.store.tables.meta import METADATA
from tests.handlers.workday import CHEN, GAO, LINA, TEAM, WANG, ZHOU, Day
from tests.intake.world import enquire, hire

#: Machinery: what was said cannot be unsaid, and what was told is told.
MACHINERY = frozenset(
    (
        *("outbox", "cards", "card_codes", "card_views", "lanes", "inbox", "incidents", "numbers", "quotas"),
        *("audit", "audit_head", "merges", "lookalikes", "monthly", "dialogues"),
        *("rollup_marks", "rollup_stale", "rollup_books", "rollup_differences"),
    )
)
#: Namesakes, one firm written in three ways, a switchboard.
NAMES = ("王伟", "王小明", "王晓明", "李娜", "张敏", "欧阳修远")
FIRMS = ("云帆科技", "云帆科技（上海）有限公司", "上海云帆科技有限公司", "星海制造", "")
CITIES = ("上海", "苏州", "南京", "深圳", "")
TITLES = ("采购经理", "总经理", "工程师", "")


async def hired(unit: Callable[..., Awaitable[Any]], clock: Any) -> Day:
    """The team, and what its day is done with."""
    await unit(lambda desk: hire(desk, *TEAM))
    return Day(unit, clock)


async def live(day: Day, dice: random.Random, number: int) -> str:
    """Let a lead live; its id."""
    phone = f"138{dice.randrange(10**7):07d}{number}"[:11]
    fields = {
        "name": dice.choice(NAMES), "phone": phone, "company": dice.choice(FIRMS), "city": dice.choice(CITIES),
        "title": dice.choice(TITLES), "message": f"第{number}次询问价格", "budget": str(dice.randrange(5) * 10000),
    }  # fmt: skip
    if dice.random() < 0.5:
        fields["email"] = f"w{number}{dice.randrange(1000)}@yunfan.cn"
    form = dice.choice(("website", "pricing_request", "whitepaper"))
    form = form if day_has(day, form) else "website"
    lead = await day.unit(lambda desk: enquire(desk, form, **{k: v for k, v in fields.items() if v}))
    await day.unit(lambda desk: did(desk, lead.id, number))
    for _ in range(dice.randrange(7)):
        day.push(minutes=dice.randrange(1, 300))
        await act(day, dice, lead.id, phone)
    day.push(minutes=1)
    return str(lead.id)


def day_has(day: Day, form: str) -> bool:
    return form == "website" or form in getattr(day, "forms", ())


async def did(desk: Desk, lead_id: str, number: int) -> None:
    """It looked at our pages, and came by an advertisement."""
    for step in range(2):
        await desk.tx.insert(
            behaviours,
            {
                "message_id": f"{lead_id}:{number}:{step}", "lead_id": lead_id, "visitor": None,
                "event": "pricing_page_viewed", "object": "/pricing", "channel": "web", "properties": {"n": step},
                "at": desk.now, "received_at": desk.now,
            },
        )  # fmt: skip
    point = dict.fromkeys(("medium", "campaign", "term", "content", "referrer", "page"), "")
    await desk.tx.insert(
        touch_points,
        {**point, "lead_id": lead_id, "visitor": None, "source": "百度推广", "click_id": {}, "at": desk.now},
    )


async def act(day: Day, dice: random.Random, lead_id: str, phone: str) -> None:
    """One thing that happens to it; what is refused changes nothing, which is a life too."""
    lead = await day.get(lead_id)
    owner = next((one for one in TEAM if one.id == lead.owner_id), None)
    rep = dice.choice((LINA, GAO, CHEN))
    wishes: list[tuple[User, str]] = [
        (rep, f"领取 {lead_id}"),
        (ZHOU, f"改派 {lead_id} {rep.name}"),
    ]
    if owner is not None:
        wishes += [
            (owner, f"跟进 {lead_id} 已电话，客户要报价，下周二回访"),
            (owner, f"跟进 {lead_id} 发了资料"),
            (owner, f"提醒 {lead_id} 明天下午3点发合同"),
            (owner, f"改 {lead_id} 职位 {dice.choice(('总监', '厂长', '主管'))}"),
            (owner, f"{lead_id} 转商机 专业版 48000"),
            (owner, f"退回 {lead_id} 联系不上"),
            (owner, f"{lead_id} 无效 空号"),
        ]
    if dice.random() < 0.2:
        await day.unit(lambda desk: enquire(desk, phone=phone, message="再问一次"))
        return
    who, text = dice.choice(wishes)
    await day.says(who, text)


async def dump(unit: Callable[..., Awaitable[Any]]) -> dict[str, list[str]]:
    """Every row of the business, as the database has it."""

    async def look(desk: Desk) -> dict[str, list[str]]:
        found = {}
        for name, table in METADATA.tables.items():
            if name not in MACHINERY:
                found[name] = sorted(str(tuple(row)) for row in await desk.tx.all(select(table)))
        return found

    return await unit(look)


def differences(
    before: dict[str, list[str]], after: dict[str, list[str]]
) -> dict[str, tuple[list[str], list[str]]]:
    """Rows that are gone, and rows that are new, by table."""
    return {
        name: (sorted(set(before[name]) - set(after[name])), sorted(set(after[name]) - set(before[name])))
        for name in before
        if before[name] != after[name]
    }


async def united(unit: Callable[..., Awaitable[Any]], one: str, other: str, **how: Any) -> Merge:
    """The director merges two leads."""
    done = await unit(
        lambda desk: merge.merge(desk, one, other, by=how.pop("by", ZHOU), how="message", **how)
    )
    assert not isinstance(done, Obstacle), done
    return done


async def known(unit: Callable[..., Awaitable[Any]], lead_id: str) -> leads.Particulars:
    return await unit(lambda desk: leads.particulars(desk, lead_id))


__all__ = ["WANG", "act", "differences", "dump", "hired", "known", "live", "united"]
