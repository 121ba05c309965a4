"""成交可能: learned at night from how leads ended, told with reasons to whoever may see the lead."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Any

import pytest

from bot.rules.scorecard.fit import probability
from bot.store import leads as lead_store
from bot.store.tables.behaviour import behaviours
from bot.store.tables.leads import leads
from bot.store.tables.sales import opportunities
from bot.worker import training
from bot.worker.bench import Bench
from tests.conftest import NOW
from tests.fakes import FakeAdapter
from tests.handlers.workday import CHEN, GAO, LINA, ZHOU, Day, staff, told


@pytest.fixture
async def day(unit: Any, clock: Any) -> Day:
    await unit(staff)
    return Day(unit, clock)


@pytest.fixture
def bench(store, company, vault, clock, random_bytes) -> Bench:
    from bot.chat.router import Router

    return Bench(
        store=store, adapters={"wecom": FakeAdapter()}, router=Router(), company=company, vault=vault,
        clock=clock, random_bytes=random_bytes, name="test",
    )  # fmt: skip


async def history(unit: Any, n: int) -> None:
    """Old leads: those from 官网 who looked at the prices were often won."""
    rng = random.Random(5)

    async def write(desk: Any) -> None:
        sample = {column.name: None for column in leads.columns}
        looked: list[dict[str, Any]] = []
        deals: list[dict[str, Any]] = []
        rows = []
        for number in range(n):
            at = NOW - timedelta(days=300) + timedelta(minutes=number)
            source, views = rng.choice(["官网", "展会"]), rng.randrange(4)
            lead_id = f"L{1000 + number}"
            known = {"source": source, "id": lead_id, "status": "working", "created_at": at, "changed_at": at}
            empty = ("name", "company", "company_key", "title", "phone_masked", "email_masked", "province",
                     "city", "region", "industry", "campaign", "form", "tier", "lifecycle",
                     "last_behaviour")  # fmt: skip
            rows.append({**sample, **dict.fromkeys(empty, ""), "custom": {}, "score": 0, "epoch": 0, **known})
            looked += [_view(lead_id, at + timedelta(days=1), f"{number}-{view}") for view in range(views)]
            # Much later than a week after it came: hindsight, which the card must not learn from.
            looked.append(_view(lead_id, at + timedelta(days=60), f"{number}-late"))
            if rng.random() < probability(-3 + 1.2 * (source == "官网") + 0.9 * views):
                deals.append(_deal(lead_id, at))
        for table, found in ((leads, rows), (behaviours, looked), (opportunities, deals)):
            for start in range(0, len(found), 100):
                await desk.tx.insert_all(table, found[start : start + 100])

    await unit(write)


def _view(lead_id, at, key):
    return {
        "message_id": f"view:{key}", "lead_id": lead_id, "visitor": None, "event": "pricing_page_viewed",
        "object": "/pricing", "channel": "web", "properties": {}, "at": at, "received_at": at,
        "uncounted": False,
    }  # fmt: skip


def _deal(lead_id, at):
    row = {column.name: None for column in opportunities.columns}
    texts = ("name", "product", "currency", "source", "campaign", "industry", "created_team",
             "created_region", "closed_team", "closed_region")  # fmt: skip
    return {
        **row, **dict.fromkeys(texts, ""), "id": f"D{lead_id}", "account_id": "A1", "lead_id": lead_id,
        "stage": "赢单", "created_at": at, "stage_since": at, "closed_at": at + timedelta(days=30), "won": True,
    }  # fmt: skip


async def test_before_the_first_night_the_rules_speak_alone(day: Day):
    await day.lead()
    said = told(await day.says(LINA, "成交可能 L1"))

    assert "L1 还没有成交预测" in said
    assert "今晚之后就有" in said
    assert "规则评分" in said


async def test_too_little_history_is_said(day: Day, bench: Bench, unit: Any):
    await history(unit, 60)
    await day.lead()
    await training.train(bench)

    assert "历史结果还太少" in told(await day.says(LINA, "L1 成交概率"))
    assert "历史结果还太少" in told(await day.says(ZHOU, "预测模型"))


async def test_after_a_night_the_chance_comes_with_its_reasons(day: Day, bench: Bench, unit: Any):
    await history(unit, 900)
    await day.lead()
    await training.train(bench)
    before = told(await day.says(LINA, "成交可能 L1"))

    async def look_at_prices(desk: Any) -> None:
        lead = await lead_store.get(desk.tx, "L1")
        rows = [_view("L1", lead.created_at + timedelta(hours=1), f"new-{n}") for n in range(3)]
        await desk.tx.insert_all(behaviours, rows)

    await unit(look_at_prices)
    after = told(await day.says(LINA, "L1 能成吗？"))

    assert "加分：来源 官网 +" in before
    assert "减分：访问价格页" in before
    assert "访问价格页 >2 +" in after or "访问价格页 2–3 +" in after
    assert _share(after) > 2 * _share(before)
    model = told(await day.says(ZHOU, "预测模型"))
    assert "学自 900 条有结果的线索" in model
    assert "AUC 0." in model


async def test_others_hear_no_more_of_it_than_of_the_lead(day: Day, bench: Bench, unit: Any):
    await history(unit, 900)
    await day.lead()
    await training.train(bench)

    for other in (GAO, CHEN):
        said = told(await day.says(other, "成交可能 L1"))
        assert "%" not in said
        assert "只给" in told(await day.says(other, "预测模型"))


def _share(said: str) -> float:
    return float(said.split("约 ")[1].split("%", maxsplit=1)[0])
