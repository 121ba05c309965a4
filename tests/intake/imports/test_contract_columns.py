"""Each kind of list with every column that it is promised to have, by the headers that are promised."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.crm.query import Period, Query
from bot.crm.user import Role, User
from bot.intake.imports.engine import Tools
from bot.store.metrics.guard import permit
from bot.store.metrics.read import read
from tests.intake.imports.conftest import bring, fingerprint, mapped, rows, take_back, trial
from tests.intake.imports.test_owners import colleague, held

ZONE = ZoneInfo("Asia/Shanghai")
BOSS = User(id="boss", name="总裁", role=Role.EXECUTIVE, region="", team="")
OCTOBER, NOVEMBER = (Period(date(2026, m, 1), date(2026, m + 1, 1)) for m in (10, 11))
#: The promise: a lead's are those of forms and two custom fields of this company, then whose and since when.
COLUMNS = {
    "leads": "name,phone,email,company,title,city,province,industry,source,campaign,message,utm_source,utm_medium,"
    "utm_campaign,utm_term,utm_content,consent,consent_text,external_id,employees,budget,created_on,owner",
    "accounts": "external_id,name,uscc,phone,email,industry,city,owner",
    "opportunities": "external_id,account,lead,name,owner,product,stage,amount,created_on,expected_close_on,closed_on,"
    "lost_reason",
    "orders": "external_id,account,phone,product,amount,ordered_at",
    "activities": "lead,phone,owner,kind,at,text",
    "costs": "source,campaign,on,amount",
    "payments": "opportunity,amount,on",
    "targets": "owner,team,region,month,amount",
}
ROWS = {
    "leads": "王小明,13800138001,wang@yunfan.cn,云帆科技有限公司,总监,上海,上海,软件,官网,双十一,想要报价,baidu,cpc,q4,crm,top,"
    "是,同意接收信息,K1,200,50000,2026-10-05,u-lina\n"
    "李四,13800138002,,星海制造,采购,杭州,浙江,制造,抖音,,,,,,,,,,K2,,,2026-10-06,高峰",
    "accounts": "C1,云帆科技有限公司,91350100M000100Y43,13900139001,info@yunfan.cn,软件,上海,李娜\nC2,星海制造,,,,制造,杭州,u-gao",
    "opportunities": "O1,C1,K1,云帆一期,u-lina,专业版,赢单,48000,2026-10-06,2026-10-30,2026-11-03,\n"
    "O2,云帆科技,,云帆二期,高峰,旗舰版,方案报价,100000,2026-11-02,2026-12-20,,\n"
    "O3,C2,K2,星海一期,李娜,专业版,输单,5000,2026-10-08,,2026-11-05,价格",
    "orders": "N1,C1,,专业版,1200.50,2026-09-01\nN2,,13800138002,专业版,300,2026-11-06 10:00",
    "activities": "K1,,u-lina,电话,2026-10-05 10:00,已电话报价\n,13800138002,高峰,拜访,2026-11-07,看了样机",
    "costs": "官网,双十一,2026-11-01,1000\n抖音,,2026-10-10,500",
    "payments": "O1,20000,2026-11-10",
    "targets": "李娜,,,2026-11,96000\n,上海组,,2026-11,192000\n,,华东,2026-11,480000",
}


def file_of(kind: str) -> bytes:
    return f"{COLUMNS[kind]}\n{ROWS[kind]}\n".encode()


async def staffed(tools: Tools) -> None:
    await colleague(tools, id="u-lina", name="李娜", team="上海组")
    await colleague(tools, id="u-gao", name="高峰", team="南京组")


async def standing(tools: Tools) -> dict[str, Any]:
    """All that the business has: not the tally of notices that found no address, nor counters at nought."""
    found = await fingerprint(tools.store)
    return {name: one for name, one in found.items() if name not in {"counters", "incidents"}} | await held(
        tools
    )


async def number(tools: Tools, metric: str, *by: str, period: Period | None = NOVEMBER, **where: str) -> Any:
    """What the manager's question answers, by key; the number alone when nothing groups it."""
    query = Query(
        metrics=(metric,), by=by, where={name: (value,) for name, value in where.items()}, period=period
    )
    async with tools.store.read() as tx:
        allowed = await permit(tx, query, BOSS, tools.company)
        found = {
            key: one.value
            for key, one in (await read(tx, allowed, metric, period, now=tools.clock())).items()
        }
    return found if by else found.get((), 0)


@pytest.mark.parametrize("kind", COLUMNS)
async def test_each_promised_header_means_itself(tools: Tools, kind: str) -> None:
    """Nothing has to be mapped by hand, and nothing is left over."""
    _, mapping = mapped(tools, kind, file_of(kind))

    assert mapping.columns == {key: key for key in COLUMNS[kind].split(",")}


async def test_all_columns_of_all_kinds_have_their_effect(both: Tools) -> None:
    """A trial says it, the numbers show it, a second time adds nothing, and undone nothing is left of it."""
    await staffed(both)
    empty, batches = await standing(both), []
    for kind in COLUMNS:
        n = len(ROWS[kind].splitlines())
        tried = [(str(one.outcome), one.reason) for one in await trial(both, kind, file_of(kind))]
        assert tried == [("created", "")] * n, (kind, tried)
        batch = await bring(both, kind, file_of(kind))
        assert (batch.counts.created, batch.counts.rows) == (n, n), kind
        batches.append(batch)

    await _leads_are_whole(both)
    await _accounts_are_whole(both)
    await _numbers_follow(both)
    await _twice_is_once(both)

    for batch in reversed(batches):
        undone = await take_back(both, batch)
        assert (undone.state, undone.kept) == ("undone", 0), batch.kind
    assert await standing(both) == empty


async def _leads_are_whole(tools: Tools) -> None:
    wang, li = sorted(await rows(tools.store, "leads"), key=lambda one: str(one["external_id"]))
    said = {
        name: wang[name] for name in ("name", "company", "title", "city", "province", "industry", "source")
    }
    assert list(said.values()) == ["王小明", "云帆科技有限公司", "总监", "上海", "上海", "软件", "官网"]
    assert (wang["campaign"], wang["owner_id"], li["owner_id"]) == ("双十一", "u-lina", "u-gao")
    assert wang["created_at"] == datetime(2026, 10, 5, tzinfo=ZONE)
    utm = {
        "utm_source": "baidu",
        "utm_medium": "cpc",
        "utm_campaign": "q4",
        "utm_term": "crm",
        "utm_content": "top",
    }
    assert wang["custom"] == {**utm, "employees": "200", "budget": "50000"}
    opened = [
        tools.vault.open(wang[name], f"leads.{name}:{wang['id']}") for name in ("phone", "email", "message")
    ]
    assert opened == [b"+8613800138001", b"wang@yunfan.cn", "想要报价".encode()]
    (agreed,) = await rows(tools.store, "consents")
    assert (agreed["lead_id"], agreed["given"], agreed["text"]) == (wang["id"], True, "同意接收信息")


async def _accounts_are_whole(tools: Tools) -> None:
    firms = {one["external_id"]: one for one in await rows(tools.store, "accounts")}
    assert set(firms) == {"C1", "C2"}
    firm = firms["C1"]
    assert (firm["name"], firm["uscc"], firm["industry"]) == (
        "云帆科技有限公司",
        "91350100M000100Y43",
        "软件",
    )
    assert (firm["city"], firm["owner_id"], firms["C2"]["owner_id"]) == ("上海", "u-lina", "u-gao")
    assert (firm["phone_masked"], firm["email_masked"]) == ("139****9001", "i***@yunfan.cn")
    deals = {one["external_id"]: one for one in await rows(tools.store, "opportunities")}
    assert {one["account_id"] for name, one in deals.items() if name != "O3"} == {firm["id"]}
    assert (deals["O1"]["name"], deals["O1"]["expected_close_on"]) == ("云帆一期", date(2026, 10, 30))
    orders = {one["external_id"]: one for one in await rows(tools.store, "orders")}
    assert orders["N1"]["account_id"] == firm["id"]
    assert orders["N2"]["lead_id"] == deals["O3"]["lead_id"] is not None
    assert orders["N2"]["ordered_at"] == datetime(2026, 11, 6, 10, tzinfo=ZONE)


async def _numbers_follow(tools: Tools) -> None:
    """Every kind shows in what managers ask for."""
    assert await number(tools, "new_leads", "source", period=OCTOBER) == {("官网",): 1, ("抖音",): 1}
    assert await number(tools, "won_amount", "owner") == {("u-lina",): 48_000}
    assert await number(tools, "lost_deals", "lost_reason") == {("价格",): 1}
    assert await number(tools, "deal_amount", "product") == {("旗舰版",): 100_000}
    assert await number(tools, "sales_cycle_days") == 28
    assert await number(tools, "pipeline_amount", "owner", period=None) == {("u-gao",): 100_000}
    assert await number(tools, "new_customers") == 1
    # Of the two firms that bought in November, one had bought before: its order of September.
    assert await number(tools, "repeat_rate") == Fraction(1, 2)
    assert await number(tools, "follow_ups", "owner", period=OCTOBER) == {("u-lina",): 1}
    assert await number(tools, "follow_ups", "owner") == {("u-gao",): 1}
    assert await number(tools, "channel_cost", "source") == {("官网",): 1_000}
    assert await number(tools, "channel_cost", "campaign") == {("双十一",): 1_000}
    assert await number(tools, "cost_per_lead", period=OCTOBER) == 250
    assert await number(tools, "channel_roi", source="官网") == 47
    assert await number(tools, "payments", "owner") == {("u-lina",): 20_000}
    assert await number(tools, "quota_attainment", owner="u-lina") == Fraction(1, 2)
    assert await number(tools, "quota_attainment", team="上海组") == Fraction(1, 4)
    assert await number(tools, "quota_attainment", region="华东大区") == Fraction(1, 10)


async def _twice_is_once(tools: Tools) -> None:
    before = await standing(tools)
    for kind in COLUMNS:
        again = await bring(tools, kind, file_of(kind), again=True)
        assert again.counts.created == 0, kind
        assert again.counts.rejected == 0, kind
        await take_back(tools, again)
    assert await standing(tools) == before


async def test_a_later_list_corrects_what_the_first_one_said(tools: Tools) -> None:
    """The next month's export of the same tools: one order, one target, one deal, with the new words."""
    await staffed(tools)
    for kind in COLUMNS:
        await bring(tools, kind, file_of(kind))
    for kind, old, new in (
        ("orders", "1200.50", "1300"), ("targets", "96000", "24000"), ("opportunities", "100000", "120000"),
    ):  # fmt: skip
        batch = await bring(tools, kind, file_of(kind).replace(old.encode(), new.encode()))
        assert (batch.counts.created, batch.counts.merged) == (0, 1), kind

    assert sorted(one["amount"] for one in await rows(tools.store, "orders")) == [Decimal(300), Decimal(1300)]
    assert await number(tools, "quota_attainment", owner="u-lina") == 2
    assert await number(tools, "pipeline_amount", period=None) == 120_000
