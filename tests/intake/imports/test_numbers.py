"""Numbers of firms and offices: sealed, found again, and never one person's by mistake."""

from __future__ import annotations

from bot.intake.imports.engine import Tools
from tests.intake.imports.conftest import bring, enter, fingerprint, rows, take_back

FIRMS = """客户编号,客户名称,手机,邮箱
C1,云帆科技有限公司,138 0013 8001,Info@Firm.cn
C2,星海制造,,
C3,坏号码公司,12,
C4,坏邮箱公司,,nobody
""".encode()


async def test_firms_keep_their_number_and_address(both: Tools) -> None:
    """Sealed at their place; filled in where there was none, never overwritten, and given back."""
    await bring(both, "accounts", "名称\n云帆科技\n".encode())
    before = await fingerprint(both.store)

    batch = await bring(both, "accounts", FIRMS)

    assert (batch.counts.created, batch.counts.merged, batch.counts.rejected) == (1, 1, 2)
    (one,) = [row for row in await rows(both.store, "accounts") if row["external_id"] == "C1"]
    assert both.vault.open(one["phone"], f"accounts.phone:{one['id']}") == b"+8613800138001"
    assert both.vault.open(one["email"], f"accounts.email:{one['id']}") == b"info@firm.cn"
    assert (one["phone_masked"], one["email_masked"]) == ("138****8001", "i***@firm.cn")
    assert b"8001" not in one["phone"]
    reasons = [row["reason"] for row in await rows(both.store, "import_rows") if row["outcome"] == "rejected"]
    assert [one.split("：")[0] for one in reasons] == ["手机", "邮箱"]

    later = await bring(both, "accounts", "名称,手机\n云帆科技,13900139009\n".encode())
    assert later.counts.unchanged == 1

    await take_back(both, later)
    await take_back(both, batch)
    assert await fingerprint(both.store) == before


async def test_orders_find_the_firm_by_its_number(tools: Tools) -> None:
    """A lead that has the number goes first; a number that nobody has is said."""
    await bring(tools, "accounts", FIRMS)
    orders = "订单号,手机,金额,下单时间,产品\nO1,13800138001,100,2026-11-01,专业版\nO2,13700137000,5,2026-11-01,专业版\n"

    batch = await bring(tools, "orders", orders.encode())

    assert (batch.counts.created, batch.counts.rejected) == (1, 1)
    (order,) = await rows(tools.store, "orders")
    (firm,) = [row for row in await rows(tools.store, "accounts") if row["external_id"] == "C1"]
    assert (order["account_id"], order["lead_id"]) == (firm["id"], None)


async def test_two_people_of_one_office_are_two_leads(both: Tools) -> None:
    """One switchboard, two names; the same name again is the same person."""
    data = "姓名,手机\n王伟,021-61234567\n赵敏,021-61234567\n王伟,02161234567\n".encode()

    batch = await bring(both, "leads", data)

    assert (batch.counts.created, batch.counts.merged) == (2, 1)


async def test_work_done_is_found_by_an_office_number_of_one_alone(both: Tools) -> None:
    """Of two people of an office it would be anybody's guess: that is said."""
    await enter(both, ("李娜", "华东大区", "上海组"))
    await bring(
        both, "leads", "姓名,手机\n王伟,021-61234567\n赵敏,021-88234567\n钱多,021-88234567\n".encode()
    )
    done = "手机,负责人,方式,时间,内容\n021-61234567,李娜,电话,2026-11-01,已报价\n021-88234567,李娜,电话,2026-11-01,已报价\n"

    batch = await bring(both, "activities", done.encode())

    assert (batch.counts.created, batch.counts.rejected) == (1, 1)
    assert [one["lead_id"] for one in await rows(both.store, "follow_ups")] == ["L1"]
