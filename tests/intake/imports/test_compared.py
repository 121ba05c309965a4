"""Each lead of a list is compared with the others once, however long ago it came."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.intake import likeness
from bot.intake.imports.engine import Tools
from tests.intake.imports.conftest import bring, rows, take_back
from tests.intake.imports.test_leads import enquire

OLD = "姓名,手机,公司,城市,创建时间\n王伟,13812345679,云帆科技,上海,2018-03-01\n".encode()


async def swept(tools: Tools, clock: Any) -> int:
    """How many leads were looked at."""
    clock.now += timedelta(minutes=3)
    looked = 0
    while n := await tools.store.write(lambda tx: likeness.sweep(tools.desk(tx), most=2), within=10):
        looked += n
    return looked


async def test_a_lead_of_years_ago_is_compared_too(both: Tools, clock: Any) -> None:
    """The sweep had long passed its day."""
    await enquire(both, phone="13812345678", name="王伟", company="云帆科技（上海）有限公司", city="上海")
    assert await swept(both, clock) == 1

    await bring(both, "leads", OLD)

    assert await swept(both, clock) == 1
    (pair,) = await rows(both.store, "lookalikes")
    assert (pair["first"], pair["second"]) == ("L1", "L2") or (pair["second"], pair["first"]) == ("L1", "L2")
    assert await swept(both, clock) == 0
    assert await rows(both.store, "uncompared") == []


async def test_whoever_comes_alone_goes_before_a_list(tools: Tools, clock: Any) -> None:
    """A long list is caught up with in the background, each of it once."""
    data = "姓名,手机\n" + "".join(f"客户{n},138001380{n:02d}\n" for n in range(7))
    await bring(tools, "leads", data.encode())
    lead_id = await enquire(tools, phone="13812345678", name="王伟")
    clock.now += timedelta(minutes=3)

    await tools.store.write(lambda tx: likeness.sweep(tools.desk(tx), most=1), within=10)

    assert lead_id not in {one["id"] for one in await rows(tools.store, "uncompared")}
    assert await swept(tools, clock) == 7


async def test_what_was_compared_can_be_taken_back(tools: Tools, clock: Any) -> None:
    """What the machine works out of a lead is nobody's work on it."""
    data = "姓名,手机,邮箱\n王伟,02161234567,wang@firm.cn\n赵敏,13800138002,zhao@firm.cn\n".encode()
    batch = await bring(tools, "leads", data)
    assert await swept(tools, clock) == 2
    assert await rows(tools.store, "lead_hints")

    undone = await take_back(tools, batch)

    assert (undone.state, await rows(tools.store, "lead_hints")) == ("undone", [])
    assert await rows(tools.store, "leads") == []
