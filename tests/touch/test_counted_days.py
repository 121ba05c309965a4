"""A cap is of the customer's own day on which a message went: not of another on which it was asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot.chat.group_sending import Got, Results
from bot.crm.company.touch import Caps, Touch
from bot.crm.touching import TouchState
from bot.store import leads
from bot.store.desk import Desk
from tests.conftest import SHANGHAI
from tests.touch.house import company_of
from tests.touch.test_group_messages import colleagues, drain, many, states  # noqa: F401 - a fixture


async def test_what_a_colleague_sends_a_day_later_counts_on_that_day(lite_house, company, colleagues):  # noqa: F811
    """He was asked yesterday; the mail of today waits for tomorrow."""
    lite_house.bench.company = company_of(company, Touch(caps=Caps(per_day=1)))
    await many(lite_house, 1, channels=("wecom",))
    await drain(lite_house)
    await drain(lite_house, seconds=60)
    for _ in range(20):
        await drain(lite_house, hours=1)
    sent: list[datetime] = []

    async def results(task_id: str, sender: str) -> Results:
        sent.append(lite_house.clock.now)
        return Results(True, {"wm-L1": (Got.SENT, sent[0])})

    colleagues.results = results
    while (await states(lite_house))["k1"] is not TouchState.SENT:
        await drain(lite_house, hours=1)
    assert lite_house.clock.now - sent[0] < timedelta(hours=1)
    await lite_house.ask("mail", content="news1")
    await drain(lite_house)
    went = [sent[0], *(at for at, _ in lite_house.channels["email"].wire)]

    days = [at.astimezone(SHANGHAI).date() for at in went]
    assert len(days) == len(set(days))


async def test_another_zone_brings_no_second_message_on_one_day(house, company):
    """Ten minutes after one went he is elsewhere, where that was today as well."""
    rules = Touch(caps=Caps(per_day=1), zone_field="zone", quiet="03:00-04:00")
    house.bench.company = company_of(company, rules)
    await house.lead("L2", n=2, zone="Asia/Shanghai")
    await house.ask("a", "L2", content="news0")
    await drain(house)

    async def move(desk: Desk) -> None:
        known = await leads.particulars(desk, "L2")
        elsewhere = {**known.custom, "zone": "America/Los_Angeles"}
        await leads.write(desk, "L2", replace(known, custom=elsewhere))

    await house.unit(move)
    await drain(house, minutes=10)
    await house.ask("b", "L2", content="news1")
    await drain(house)
    went = [at.astimezone(ZoneInfo("America/Los_Angeles")) for at, _ in house.channels["email"].wire]

    assert went
    assert len({at.date() for at in went}) == len(went)
