"""The public CRM data set, imported as its files are, gives its published numbers and leaves no trace."""

from __future__ import annotations

import csv
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.crm.query import Order, Period, Query, Rank
from bot.crm.user import Role, User
from bot.intake.imports.engine import Tools
from bot.store.metrics.guard import permit
from bot.store.metrics.read import read
from tests.intake.imports.conftest import bring, enter, fingerprint, take_back, trial

DATA = Path(__file__).resolve().parents[2] / "data" / "crm"
BOSS = User(id="boss", name="陈总", role=Role.EXECUTIVE, region="", team="")
ALL = Period(date(2016, 10, 1), date(2018, 1, 1))
STAGES = {"Engaging": "需求确认", "Prospecting": "初步接触"}


async def number(tools: Tools, metric: str, period: Period | None = ALL, **asked: Any) -> Any:
    query = Query(metrics=(metric,), period=period, **asked)
    async with tools.store.read() as tx:
        allowed = await permit(tx, query, BOSS, tools.company)
        found = await read(tx, allowed, metric, period, now=tools.clock())
    return {key: figure.value for key, figure in found.items()} if asked else found[()].value


async def with_people(tools: Tools) -> None:
    with (DATA / "crm_sales_teams.csv").open(encoding="utf-8", newline="") as file:
        teams = list(csv.DictReader(file))
    await enter(tools, *((one["sales_agent"], one["regional_office"], one["manager"]) for one in teams))


@pytest.fixture
async def house(tools: Tools, clock: Any) -> Tools:
    clock.now = datetime(2018, 1, 2, 2, 0, tzinfo=timezone.utc)
    await with_people(tools)
    return tools


async def test_accounts_and_opportunities_give_the_published_numbers(house: Tools) -> None:
    """Won, lost, value, win rate, cycle, and the best seller; undone, every table is as it was."""
    before = await fingerprint(house.store)
    accounts = await bring(house, "accounts", (DATA / "crm_accounts.csv").read_bytes())
    deals = await bring(
        house, "opportunities", (DATA / "crm_sales_pipeline.csv").read_bytes(), values={"stage": STAGES}
    )

    assert (accounts.counts.created, accounts.counts.rejected) == (85, 0)
    assert (deals.counts.created, deals.counts.rejected) == (8800, 0)
    assert await number(house, "won_deals") == 4238
    assert await number(house, "lost_deals") == 2473
    assert await number(house, "won_amount") == 10_005_534
    assert round(float(await number(house, "win_rate")) * 100, 2) == 63.15
    assert round(float(await number(house, "sales_cycle_days")), 2) == 51.78
    assert await number(house, "open_deals", None) == 1589 + 500
    best = await number(house, "won_amount", by=("owner",), rank=Rank(Order.DESC, 1))
    assert max(best.items(), key=lambda one: one[1]) == (("Darcel Schlecht",), Decimal(1_153_214))

    for batch in (deals, accounts):
        undone = await take_back(house, batch)
        assert (undone.state, undone.kept) == ("undone", 0)
    assert await fingerprint(house.store) == before


async def test_unknown_stages_are_refused_by_row(house: Tools) -> None:
    """Without a word for them, the 2,089 open deals are refused, and the reason names the stages."""
    lines = await trial(house, "opportunities", (DATA / "crm_sales_pipeline.csv").read_bytes())

    refused = [line for line in lines if line.outcome == "rejected"]
    assert len(refused) == 1589 + 500
    assert {line.reason.split("，")[0] for line in refused} == {
        "没有“Engaging”这个阶段",
        "没有“Prospecting”这个阶段",
    }
