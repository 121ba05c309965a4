"""Every kind of record behind a number can be shown, to each reader as far as he may see it."""

from __future__ import annotations

from datetime import date, datetime, timezone
from typing import Any
from zoneinfo import ZoneInfo

from bot.crm.company import Company
from bot.crm.metrics.registry import METRICS
from bot.crm.query import Period, Query
from bot.crm.user import Role, User
from bot.insight.records import texts
from bot.insight.records.sheet import Sheet, sheet
from bot.kit.vault import Vault
from bot.store.desk import Desk
from bot.store.metrics.guard import permit
from bot.store.metrics.listing import Kind, kind_of
from bot.store.metrics.registry import MEASURES
from bot.store.reader import open_reader
from tests.insight.reading import closing
from tests.store.metrics_data import Maker, pour

NOW = datetime(2026, 11, 18, 2, 0, tzinfo=timezone.utc)
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1))
BOSS = User(id="boss", name="陈总", role=Role.EXECUTIVE, region="", team="")
MANAGER = User(id="m-上海组", name="王磊", role=Role.MANAGER, region="华东大区", team="")
MARKETER = User(id="mk", name="石畅", role=Role.MARKETER, region="", team="")
EAST = {"region": ("华东大区",)}


async def test_each_kind_is_shown_to_each_reader(
    sqlite_url: str, company: Company, vault: Vault, random_bytes: Any
) -> None:
    """Nobody's line is left out; the top reads every name, a manager his people's, a marketer none."""
    made = Maker(11, ZoneInfo("Asia/Shanghai"), NOW, leads=60).make()
    for row in made["tasks"]:
        row["title"] = vault.seal(f"任务{row['id']}".encode(), f"tasks.title:{row['id']}")
    for number, row in enumerate(made["leads"]):
        row["name"], row["company"] = f"客户{number}号", ""
    regions = {one["id"]: one["region"] for one in made["users"]}
    pour(sqlite_url, made)
    kinds = set()
    async with closing(open_reader(sqlite_url)) as reader, reader.read() as tx:
        desk = Desk(tx=tx, company=company, now=NOW, vault=vault, random_bytes=random_bytes)
        for metric_id in MEASURES:
            metric = METRICS[metric_id]
            period = None if metric.is_snapshot else YEAR
            found: dict[str, Sheet] = {}
            for viewer in (BOSS, MANAGER, MARKETER):
                if not metric.open_to(viewer.role):
                    continue
                where = EAST if viewer is MANAGER and metric.takes("region") else {}
                query = Query(metrics=(metric_id,), where=where, period=period)
                allowed = await permit(tx, query, viewer, company)
                one = await sheet(desk, allowed, viewer, metric_id, period, most=1000)
                if one is None:
                    assert kind_of(metric_id) is None
                    continue
                assert len(one.lines) == one.total
                assert all(len(line) == len(one.headers) for line in one.lines)
                found[viewer.role.value] = one
            for role, one in found.items():
                kinds.add(one.kind)
                told = [dict(zip(one.headers, line, strict=True)) for line in one.lines]
                check(role, one.kind, told, regions, made)
    assert kinds == set(Kind)


def check(role: str, kind: Kind, told: list[dict[str, Any]], regions: dict[str, str], made: Any) -> None:
    if role == "executive":
        assert all(line.get(texts.WHO) != texts.NOT_YOURS for line in told), kind
    if role == "marketer":
        assert not any(texts.OF_PEOPLE & set(line) for line in told)
        assert "客户" not in str(told)
    if role == "manager" and kind is Kind.LEAD:
        at = {row["id"]: row for row in made["leads"]}
        for line in told:
            row = at[line[texts.ID]]
            # A lead whose pool lets him take it may be in sight as well, under a veil.
            is_his = "华东大区" in {row["region"], regions.get(row["owner_id"] or "", "")}
            assert (line[texts.WHO] == row["name"]) or not is_his, line
            assert row["owner_id"] is None or is_his or line[texts.WHO] == texts.NOT_YOURS, line
