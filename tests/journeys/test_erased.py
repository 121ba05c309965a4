"""Whoever was erased enters no journey any more, whatever he was before."""

from __future__ import annotations

from sqlalchemy import update

from bot.crm.user import SYSTEM
from bot.store import enrollments
from bot.store.personal import erase
from bot.store.tables.leads import leads
from tests.journeys.test_poison import keeper_of
from tests.journeys.walking import DAY, fleet_of

DAILY = {
    "enter": [{"schedule": "每天 10:00"}], "steps": [{"webhook": "hello"}], "again": "always",
    "only": {"field": "score", "op": ">=", "value": 0},
}  # fmt: skip


async def test_who_was_invalid_before_enters_on_no_schedule_either(store, company):
    """He stays invalid for the sums; the one beside him, who was not erased, enters."""
    fleet = await fleet_of(store, company, b=DAILY, leads_of=("L1", "L2", "L3"))
    spoiled = update(leads).where(leads.c.id == "L1").values(status="invalid", invalid_reason="空号")
    await fleet.do(lambda desk: desk.tx.run(spoiled))
    for one in ("L1", "L2"):
        await fleet.do(lambda desk, one=one: erase.begin(desk, one, by=SYSTEM, reason="本人要求"))
        while await fleet.do(lambda desk, one=one: erase.step(desk, one)):
            pass
    keeper = keeper_of(fleet)
    await keeper.step()
    fleet.now += 2 * DAY
    for _ in range(20):
        await keeper.step()
    rows = await fleet.do(lambda desk: enrollments.of_leads(desk.tx, ["L1", "L2", "L3"]))

    assert {row.lead_id for row in rows} == {"L3"}
