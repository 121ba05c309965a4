"""He says stop: whatever way it came, his owner hears it once, and what stood in for advertising is off."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.crm.task import TaskState
from bot.crm.touching import GivenToRep, Purpose
from bot.crm.user import Role, User
from bot.store import consents, leads, tasks
from bot.store.tables.machinery import outbox
from bot.store.tables.sales import task_changes
from bot.touch.leaving import leave
from bot.touch.opt_out import stop
from tests.touch.house import STOPS

MEI = User(id="mei", name="梅", role=Role.REP, region="", team="")


async def _notices(house) -> list[str]:
    async def work(desk):
        rows = await desk.tx.all(select(outbox).where(outbox.c.key.like("left:%")).order_by(outbox.c.id))
        return [row.lane_key for row in rows]

    return await house.unit(work)


async def _task(house, **more) -> str:
    """One that the owner of L2 got since no way was permitted."""
    await house.lead("L2", agrees=False, n=2)
    verdict = await house.ask("k1", "L2", **{"channels": ("email", "sms"), **more})
    assert isinstance(verdict, GivenToRep)
    return verdict.task_id


async def test_his_owner_hears_it_once(lite_house):
    """By the link, and by the link again."""
    for occasion in ("t1", "t2"):
        await lite_house.unit(lambda desk, of=occasion: leave(desk, "L1", STOPS, occasion=of))
        lite_house.push(minutes=1)
    assert len(await _notices(lite_house)) == 1


@pytest.mark.parametrize("how", ["customer", "colleague"])
async def test_what_stood_in_for_advertising_is_off(lite_house, how):
    """Whoever calls about it in our name is no better; what he still may get stays to be done."""
    h = lite_house
    task_id = await _task(h)

    async def says(desk):
        if how == "customer":
            await leave(desk, "L2", STOPS, occasion="t1")
        else:
            lead = await leads.get(desk.tx, "L2")
            assert [one.id for one in await stop(desk, lead, channel="", by=MEI, reason="电话里说的")] == [
                task_id
            ]

    await h.unit(says)

    async def look(desk):
        task = await tasks.find(desk, task_id)
        changes = await desk.tx.all(select(task_changes).where(task_changes.c.task_id == task_id))
        return task.state, [row.after for row in changes]

    assert await h.unit(look) == (TaskState.CANCELLED, ["customer_stopped"])


async def test_a_service_notice_is_still_to_be_done(lite_house):
    """He ended advertising; that his order has gone he is to know."""
    h = lite_house
    task_id = await _task(
        h, purpose=Purpose.TRANSACTIONAL, content="notice", channels=("mini_program.subscribe",)
    )
    await h.unit(lambda desk: leave(desk, "L2", STOPS, occasion="t1"))

    assert (await h.unit(lambda desk: tasks.find(desk, task_id))).state is TaskState.OPEN
    assert not await h.unit(lambda desk: consents.holds(desk.tx, "L2", "marketing"))
