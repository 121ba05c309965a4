"""Whose a number is: what happened counts for whom, where he sat then; what is, for where he sits today."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import update

from bot.crm.query import Period, Query
from bot.crm.user import Role, User
from bot.insight.answers.answer_question import answer_question
from bot.insight.answers.company_words import lexicon_of
from bot.store import users
from bot.store.desk import Desk
from bot.store.metrics.guard import permit
from bot.store.metrics.read import read
from bot.store.tables.people import users as people
from tests.handlers.workday import LINA, SOUTH, WANG, Day, staff

BOSS = User(id="boss", name="总裁", role=Role.EXECUTIVE, region="", team="")
PERIOD = Period(date(2026, 11, 1), date(2026, 12, 1))
SHANGHAI, SHENZHEN = "上海组", "深圳组"
MOVED = replace(LINA, region=SOUTH, team=SHENZHEN)


@pytest.fixture
async def day(unit: Any, clock: Any) -> Day:
    """Li Na has a lead, follows it up, makes a deal of it with a task beside; then she moves to the south."""
    await unit(staff)
    day = Day(unit, clock)
    lead = await day.lead(LINA)
    await day.says(LINA, f"跟进 {lead.id} 已电话，明天下午3点回访")
    await day.says(LINA, f"{lead.id} 转商机 专业版 48000")
    await day.lead(LINA, phone="+8613812345679")
    day.push(days=1)
    await unit(
        lambda desk: desk.tx.run(
            update(people).where(people.c.id == LINA.id).values(region=SOUTH, team=SHENZHEN)
        )
    )
    return day


async def by_team(day: Day, metric: str, *, of_now: bool = False) -> dict[str, object]:
    """The numbers of each team that has any."""

    async def look(desk: Desk) -> dict[str, object]:
        query = Query(metrics=(metric,), by=("team",), period=None if of_now else PERIOD)
        found = await read(
            desk.tx, await permit(desk.tx, query, BOSS, desk.company), metric, query.period, now=desk.now
        )
        return {key[0]: figure.value for key, figure in found.items()}

    answer: dict[str, object] = await day.unit(look)
    return answer


@pytest.mark.parametrize(
    ("metric", "count"), [("new_leads", 2), ("follow_ups", 1), ("followed_leads", 1), ("new_deals", 1)]
)
async def test_what_happened_counts_for_the_team_of_that_time(day: Day, metric: str, count: int) -> None:
    """She took it along, but it happened in Shanghai."""
    assert await by_team(day, metric) == {SHANGHAI: count}


@pytest.mark.parametrize("metric", ["open_leads", "open_deals", "pipeline_amount", "overdue_tasks"])
async def test_what_is_counts_for_the_team_of_today(day: Day, metric: str) -> None:
    """Her desk stands in Shenzhen now, with all that lies on it."""
    day.push(days=3)

    assert set(await by_team(day, metric, of_now=True)) == {SHENZHEN}


async def test_what_happens_after_a_move_counts_for_the_new_team(day: Day) -> None:
    """The deal was made in Shanghai and is won in Shenzhen."""
    await day.says(MOVED, "D1 赢单 48000")

    assert await by_team(day, "new_deals") == {SHANGHAI: 1}
    assert await by_team(day, "won_deals") == {SHENZHEN: 1}


async def test_a_lead_without_an_owner_is_shown_as_unassigned(day: Day) -> None:
    """It is in the whole and under nobody's name."""
    await day.lead(None, phone="+8613812345670")

    async def ask(desk: Desk) -> str:
        everybody = await users.everybody(desk.tx)
        query = Query(metrics=("new_leads",), by=("owner",), period=PERIOD)
        found = await answer_question(
            desk.tx, query, asker=BOSS, company=desk.company, lexicon=lexicon_of(desk.company, everybody),
            words="", now=desk.now,
        )  # fmt: skip
        return found.reply

    said = await day.unit(ask)

    assert "未分配：1 条" in said
    assert f"{LINA.name}：2 条" in said
    assert "合计：3 条" in said


async def test_a_manager_sees_what_happened_in_his_region_though_she_has_left_it(day: Day) -> None:
    """The follow-up is his region's; she herself is another region's now."""

    async def look(desk: Desk) -> object:
        query = Query(metrics=("follow_ups",), where={"region": (WANG.region,)}, period=PERIOD)
        found = await read(
            desk.tx, await permit(desk.tx, query, WANG, desk.company), "follow_ups", PERIOD, now=desk.now
        )
        return found[()].value

    assert await day.unit(look) == 1
