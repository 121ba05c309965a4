"""为什么没发 says of each journey what he waits for in it, or why it says no more."""

from __future__ import annotations

import pytest

from bot.journeys.entering import known_of, leave
from bot.store import journeys, leads
from bot.touch.why import why
from tests.journeys.walking import DAY, ON_FORM, did, fleet_of

GOAL = {"field": "city", "op": "=", "value": "北京"}
STEPS = {"enter": ON_FORM, "goal": GOAL, "steps": [{"wait": "3天"}, {"touch": "a"}]}


@pytest.fixture
async def fleet(lite, company):
    found = await fleet_of(lite, company, one=STEPS)
    await did(found, "form", "whitepaper")
    return found


async def told(fleet) -> str:
    async def look(desk):
        return await why(desk, await leads.get(desk.tx, "L1"))

    return (await fleet.do(look)).splitlines()[-1]


async def test_what_he_waits_for(fleet):
    """With its moment, though nothing went yet."""
    assert "还在走，" in await told(fleet)
    assert "走下一步" in await told(fleet)


async def test_a_goal_that_is_reached_before_and_after_it_is_found(fleet):
    """At once, though his next step is days away."""
    await did(fleet, "set", "city", "L1", value="北京")
    assert "目标已经达成，不再发" in await told(fleet)

    fleet.now += 4 * DAY
    await fleet.settle()
    assert "目标达成了，到此为止" in await told(fleet)


async def test_one_that_rests_and_one_that_he_left(fleet):
    await fleet.do(lambda desk: journeys.put(desk, "one", 1, journeys.PAUSED, by="m"))
    fleet.now += 4 * DAY
    await fleet.settle()
    assert "暂停着" in await told(fleet)

    async def out(desk):
        await leave(desk, await known_of(desk, ["L1"]), "L1", "one")

    await fleet.do(out)
    assert "已经退出" in await told(fleet)
