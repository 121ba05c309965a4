"""Every other kind of list: what a row needs, what it becomes, and that it can be taken back."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.intake.imports.engine import Tools
from tests.intake.imports.conftest import bring, enter, fingerprint, rows, take_back, trial

ZONE = ZoneInfo("Asia/Shanghai")
LEADS = "姓名,手机号,外部编号\n王小明,13800138001,K1\n李四,13800138002,K2\n".encode()
ACCOUNTS = (
    "编号,客户名称,统一社会信用代码,行业,负责人\n"
    "C1,云帆科技有限公司,91350100M000100Y43,软件,李娜\n"
    "C2,星海制造,,制造,\n"
    "C3,信用代码错,91350100M000100Y44,,\n"
    "C4,没有这个人,,,张无忌\n"
    ",云帆科技（北京）有限公司,,,\n"
).encode()
DEALS = (
    "商机编号,客户名称,线索编号,负责人,产品,阶段,金额,创建日期,关闭日期,输单原因\n"
    "O1,云帆科技,K1,李娜,专业版,Won,4.8万,2025-03-01,2025-04-10,\n"
    "O2,新客户有限公司,,李娜,旗舰版,方案报价,100000,2025-05-01,,\n"
    "O3,星海制造,K2,,专业版,输单,5000,2025-03-01,2025-03-20,价格\n"
    "O4,星海制造,,,,赢单,1,2025-03-01,,\n"
    "O5,星海制造,,,,Engaging,1,2025-03-01,,\n"
    "O6,星海制造,K9,,,赢单,1,2025-03-01,2025-03-02,\n"
    "O7,星海制造,,,,赢单,1,2025-03-05,2025-03-02,\n"
).encode()
ORDERS = (
    "订单号,客户名称,手机号,产品,金额,下单时间\n"
    "N1,云帆科技,,专业版,1200.50,2025-06-01\n"
    "N2,,13800138001,专业版,300,2025-07-01 10:00\n"
    ",散客,,,99,2025-07-02\n"
    ",散客,,,99,2025-07-02\n"
    "N3,,13900000000,,1,2025-07-02\n"
    "N4,散客,,,0,2025-07-02\n"
    "N5,,,,5,2025-07-02\n"
).encode()
ACTIVITIES = (
    "线索编号,手机号,负责人,方式,时间,内容\n"
    "K1,,李娜,电话,2025-03-02 10:00,已电话,客户要报价\n"
    ",13800138002,李娜,,2025-03-03,上门拜访了\n"
    "K1,,,打开邮件,2025-03-04,\n"
    "K1,,李娜,飞鸽传书,2025-03-04,x\n"
    "K1,,,电话,2025-03-04,没有人\n"
    "K9,,李娜,电话,2025-03-04,谁\n"
).encode()
COSTS = "渠道,活动,日期,花费\n官网,,2025-03-01,1000\n抖音,双十一,2025-03-02,2000.55\n官网,,2025-03-01,1000\n,,2025-03-01,1\n".encode()
PAYMENTS = "商机编号,回款金额,回款日期\nO1,20000,2025-05-01\nO1,0,2025-05-01\nO9,1,2025-05-01\n".encode()
TARGETS = "负责人,小组,大区,月份,目标\n李娜,,,2025-03,100000\n,上海组,,2025年3月,200000\n,,华东,2025-03,300000\n李娜,上海组,,2025-03,1\n,火星组,,2025-03,1\n".encode()
FILES = {
    "accounts": ACCOUNTS, "opportunities": DEALS, "orders": ORDERS, "activities": ACTIVITIES,
    "costs": COSTS, "payments": PAYMENTS, "targets": TARGETS,
}  # fmt: skip
#: created, merged, unchanged, rejected.
EXPECTED = {
    "accounts": (2, 0, 1, 2), "opportunities": (3, 0, 0, 4), "orders": (4, 0, 0, 3),
    "activities": (3, 0, 0, 3), "costs": (3, 0, 0, 1), "payments": (1, 0, 0, 2), "targets": (3, 0, 0, 2),
}  # fmt: skip


def counts(batch: Any) -> tuple[int, ...]:
    found = batch.counts
    return found.created, found.merged, found.unchanged, found.rejected


async def furnished(tools: Tools) -> None:
    await enter(tools, ("李娜", "华东大区", "上海组"))
    await bring(tools, "leads", LEADS)


async def test_all_kinds_one_after_another_and_back_again(both: Tools) -> None:
    """What a trial says is what becomes of each row; twice changes nothing; undone, all is as it was."""
    await furnished(both)
    prints, batches = [await fingerprint(both.store)], []
    for kind, data in FILES.items():
        said = [(one.row, str(one.outcome), one.reason) for one in await trial(both, kind, data)]
        batch = await bring(both, kind, data)
        found = [one for one in await rows(both.store, "import_rows") if one["batch_id"] == batch.id]
        assert said == [(one["row"], one["outcome"], one["reason"]) for one in found], kind
        assert counts(batch) == EXPECTED[kind], (kind, said)
        batches.append(batch)
        prints.append(await fingerprint(both.store))

    for kind, data in FILES.items():
        again = await bring(both, kind, data, again=True)
        assert again.counts.created == again.counts.merged == 0, kind
        await take_back(both, again)
    assert await fingerprint(both.store) == prints[-1]

    for batch, before in zip(reversed(batches), reversed(prints[:-1]), strict=True):
        undone = await take_back(both, batch)
        assert (undone.state, undone.kept) == ("undone", 0), batch.kind
        assert await fingerprint(both.store) == before, batch.kind


async def test_deals_have_their_history_on_their_own_days(tools: Tools) -> None:
    """Stage changes, the owner's team, the lead converted and bought; past months count them."""
    await furnished(tools)
    await bring(tools, "accounts", ACCOUNTS)
    batch = await bring(tools, "opportunities", DEALS)

    deals = {one["external_id"]: one for one in await rows(tools.store, "opportunities")}
    won = deals["O1"]
    assert (won["stage"], won["won"], won["amount"]) == ("赢单", True, Decimal("48000.00"))
    assert (won["closed_owner_id"], won["closed_team"]) == ("李娜", "上海组")
    assert won["created_at"] == datetime(2025, 3, 1, tzinfo=ZONE)
    steps = [
        (one["before"], one["after"], one["at"])
        for one in await rows(tools.store, "stage_changes")
        if one["opportunity_id"] == won["id"]
    ]
    assert steps == [
        ("", "初步接触", datetime(2025, 3, 1, tzinfo=ZONE)),
        ("初步接触", "赢单", datetime(2025, 4, 10, tzinfo=ZONE)),
    ]
    accounts = {one["id"]: one for one in await rows(tools.store, "accounts")}
    assert accounts[won["account_id"]]["external_id"] == "C1"
    assert accounts[deals["O2"]["account_id"]]["name"] == "新客户有限公司"
    lead = next(one for one in await rows(tools.store, "leads") if one["external_id"] == "K1")
    assert (lead["status"], lead["lifecycle"]) == ("converted", "购买")
    reasons = {
        one["external_id"]: one["reason"]
        for one in await rows(tools.store, "import_rows")
        if one["outcome"] == "rejected" and one["batch_id"] == batch.id
    }
    assert reasons["O4"] == "赢单、输单要有关闭日期"
    assert reasons["O5"].startswith("没有“Engaging”这个阶段")
    assert reasons["O6"] == "找不到线索“K9”"
    assert reasons["O7"] == "关闭日期早于创建日期"


async def test_a_later_list_moves_deals_on_and_never_back(tools: Tools) -> None:
    """The next export of the same tool: an open deal is won, an ended one stays ended."""
    await furnished(tools)
    await bring(tools, "opportunities", DEALS)
    before = await fingerprint(tools.store)
    later = (
        "商机编号,客户名称,阶段,金额,关闭日期\nO2,新客户有限公司,赢单,120000,2025-08-01\nO1,云帆科技,输单,1,2025-09-01\n"
    ).encode()

    batch = await bring(tools, "opportunities", later)

    deals = {one["external_id"]: one for one in await rows(tools.store, "opportunities")}
    assert (deals["O2"]["won"], deals["O2"]["amount"]) == (True, Decimal(120000))
    assert (deals["O1"]["stage"], deals["O1"]["won"]) == ("赢单", True)
    assert [one["after"] for one in await rows(tools.store, "stage_changes")].count("赢单") == 2
    await take_back(tools, batch)
    assert await fingerprint(tools.store) == before


async def test_orders_activities_and_money_stand_where_they_belong(tools: Tools) -> None:
    """Each with its day, its owner and its customer; behaviour gives its points on its day."""
    await furnished(tools)
    for kind in ("accounts", "opportunities", "orders", "activities", "costs", "payments", "targets"):
        await bring(tools, kind, FILES[kind])

    orders = {one["external_id"]: one for one in await rows(tools.store, "orders")}
    assert orders["N1"]["amount"] == Decimal("1200.50")
    assert orders["N2"]["lead_id"] is not None
    done = await rows(tools.store, "follow_ups")
    assert {(one["user_id"], one["kind"]) for one in done} == {("李娜", "call"), ("李娜", "visit")}
    (opened,) = [one for one in await rows(tools.store, "behaviours") if one["channel"] == "import"]
    points = [one for one in await rows(tools.store, "score_changes") if one["at"] == opened["at"]]
    assert [one["points"] for one in points] == [5]
    assert sum(one["amount"] for one in await rows(tools.store, "costs")) == Decimal("4000.55")
    (payment,) = await rows(tools.store, "payments")
    assert (payment["on"], payment["team"]) == (date(2025, 5, 1), "上海组")
    targets = {(one["scope"], one["name"]): one["amount"] for one in await rows(tools.store, "targets")}
    assert targets == {
        ("owner", "李娜"): 100_000, ("team", "上海组"): 200_000, ("region", "华东大区"): 300_000,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("code", "ok"), [("91350100M000100Y43", True), ("91350100M000100Y44", False), ("1", False)]
)
def test_credit_codes_have_a_check_sign(code: str, ok: bool) -> None:
    from bot.intake.clean.uscc import read_uscc

    assert (read_uscc(code.lower()) == code) is ok
