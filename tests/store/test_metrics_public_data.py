"""The public CRM data set gives its published numbers through the registry."""

from __future__ import annotations

import csv
from datetime import date, datetime, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.crm.company import Company
from bot.crm.metrics.registry import METRICS
from bot.crm.query import Period, Query
from bot.crm.user import Role, User
from bot.insight.answers.rows import table
from bot.store.metrics.guard import permit
from bot.store.metrics.read import read
from bot.store.reader import open_reader
from tests.store.metrics_data import Made, pour

DATA = Path(__file__).resolve().parent.parent / "data" / "crm"
ZONE = ZoneInfo("Asia/Shanghai")
BOSS = User(id="boss", name="陈总", role=Role.EXECUTIVE, region="", team="")
NOW = datetime(2018, 1, 2, 2, 0, tzinfo=timezone.utc)
ALL = Period(date(2016, 10, 1), date(2018, 1, 1))


def rows(name: str) -> list[dict[str, str]]:
    with (DATA / f"crm_{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def at(text: str) -> datetime | None:
    """A day of the file, from its local midnight; None where there is none."""
    if not text:
        return None
    month, day, year = map(int, text.split("/"))
    return datetime(year, month, day, tzinfo=ZONE).astimezone(timezone.utc)


def made() -> Made:
    """Agents as people, offices as regions, managers' groups as teams."""
    company = Made(ZONE, NOW)
    seats = {one["sales_agent"]: (one["regional_office"], one["manager"]) for one in rows("sales_teams")}
    for name, (region, team) in seats.items():
        company.put(
            "users", id=name, name=name, role="rep", region=region, team=team, position="", active=True,
            on_duty=True,
            platform="", joined_at=NOW,
        )  # fmt: skip
    for one in rows("accounts"):
        name = one["account"]
        company.put(
            "accounts", id=name, name=name, name_key=name, industry=one["sector"], city="", created_at=NOW,
        )  # fmt: skip
    sectors = {one["account"]: one["sector"] for one in rows("accounts")}
    for one in rows("sales_pipeline"):
        owner, closed = one["sales_agent"], at(one["close_date"])
        region, team = seats[owner]
        created = at(one["engage_date"]) or at("10/1/2016")
        then = (
            {"owner_id": owner, "team": team, "region": region}
            if closed
            else {"owner_id": None, "team": "", "region": ""}
        )
        company.put(
            "opportunities", id=one["opportunity_id"],
            account_id=one["account"] or f"?{one['opportunity_id']}", name="",
            owner_id=owner, product=one["product"], stage=one["deal_stage"], currency="USD", source="",
            campaign="",
            amount=Decimal(one["close_value"]) if one["close_value"] else None,
            industry=sectors.get(one["account"], ""),
            created_at=created, stage_since=created, closed_at=closed,
            won={"Won": True, "Lost": False}.get(one["deal_stage"]),
            created_owner_id=owner, created_team=team, created_region=region,
            closed_owner_id=then["owner_id"], closed_team=then["team"], closed_region=then["region"],
        )  # fmt: skip
    return company


@pytest.fixture
def ask(database_url: str, company: Company) -> Any:
    """A metric of the data set, as the registry computes it."""
    pour(database_url, made())

    async def number(metric_id: str, period: Period | None = ALL) -> Any:
        reader = open_reader(database_url)
        query = Query(metrics=(metric_id,), period=period)
        async with reader.read() as tx:
            found = await read(tx, await permit(tx, query, BOSS, company), metric_id, period, now=NOW)
        await reader.close()
        return found[()].value

    return number


async def test_the_published_numbers_come_out(ask: Any) -> None:
    """Won, lost, value, win rate and cycle are those that the data set is known for."""
    assert await ask("won_deals") == 4238
    assert await ask("lost_deals") == 2473
    assert await ask("won_amount") == 10_005_534
    assert round(float(await ask("win_rate")) * 100, 2) == 63.15
    assert round(float(await ask("sales_cycle_days")), 2) == 51.78
    assert await ask("open_deals", None) == 1589 + 500
    assert await ask("new_deals") == 8800


async def test_the_best_seller_is_darcel_schlecht(ask: Any, database_url: str, company: Company) -> None:
    """A ranking by owner names him, with 1,153,214."""
    from bot.crm.query import Order, Rank

    query = Query(metrics=("won_amount",), by=("owner",), period=ALL, rank=Rank(Order.DESC, 1))
    reader = open_reader(database_url)
    async with reader.read() as tx:
        allowed = await permit(tx, query, BOSS, company)
        found = await table(tx, allowed, [METRICS["won_amount"]], today=NOW.date(), now=NOW)
    await reader.close()
    assert [(row.key, row.figures[0].value) for row in found.rows] == [
        (("Darcel Schlecht",), Decimal(1_153_214))
    ]
