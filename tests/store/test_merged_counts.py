"""What was merged counts once, from the earliest."""

from __future__ import annotations

from datetime import date

import pytest

from bot.crm.query import Period, Query
from bot.crm.user import Role, User
from bot.intake.unmerge import unmerge
from bot.store.metrics.guard import permit
from bot.store.metrics.read import read
from tests.handlers.workday import LINA, ZHOU, Day, staff
from tests.intake.lives import united
from tests.intake.world import enquire

BOSS = User(id="boss", name="总裁", role=Role.EXECUTIVE, region="", team="")


@pytest.fixture
async def day(unit, clock):
    """L1 on the 18th, L2 on the 19th; both claimed and followed up, the second becomes a deal."""
    await unit(staff)
    day = Day(unit, clock)
    for phone in ("13812345678", "13812345679"):
        lead = await unit(lambda desk, phone=phone: enquire(desk, phone=phone))
        await day.says(LINA, f"领取 {lead.id}")
        await day.says(LINA, f"跟进 {lead.id} 已电话")
        day.push(days=1)
    await day.says(LINA, "L2 转商机 专业版 48000")
    return day


async def asked(day: Day, metric: str, begins: int = 18, ends: int = 22) -> object:
    query = Query(metrics=(metric,), period=Period(date(2026, 11, begins), date(2026, 11, ends)))

    async def look(desk):
        allowed = await permit(desk.tx, query, BOSS, desk.company)
        return await read(desk.tx, allowed, metric, query.period, now=desk.now)

    found = await day.unit(look)
    return next((one.value for one in found.values()), 0)


async def test_two_leads_of_one_person_are_one_from_the_earliest(day, unit):
    """New leads by the first day, distinct leads once, facts as often as they happened; undone, as before."""
    metrics = ("new_leads", "followed_leads", "claimed_leads", "follow_ups", "new_deals")
    before = [await asked(day, one) for one in metrics]

    await united(unit, "L1", "L2")
    merged = [await asked(day, one) for one in metrics]

    assert before == [2, 2, 2, 2, 1]
    assert merged == [1, 1, 1, 2, 1]
    assert (await asked(day, "new_leads", 18, 19), await asked(day, "new_leads", 19, 20)) == (1, 0)
    await unit(lambda desk: unmerge(desk, "L2", by=ZHOU))
    assert [await asked(day, one) for one in metrics] == before
