"""Both platforms at once, over real wires: a group on DingTalk in which each sees his own of one card."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.cli.diagnosis import two_platforms
from bot.simulator.dingtalk.driver import Driver
from bot.store import logins, monthly
from tests.conftest import NOW
from tests.story.conftest import ShiftedClock, World, running

HE, TANG, BOSS = "0421003", "0421004", "manager3"
LEAD = {"name": "李先生", "phone": "13912345678", "city": "上海", "company": "云杉", "consent": True}
WITHIN = 20.0


@pytest.fixture
async def story(sqlite_url):
    async with running(sqlite_url, clock=ShiftedClock(NOW), dingtalk=True) as world:
        yield world, Driver(world.simulator.dingtalk)


def group_of(ding: Driver) -> str:
    return next(one.id for one in ding.world.groups.values() if one.title == "华东公海群")


def labels(card: dict) -> list[str]:
    return [one["text"] for one in card["buttons"]]


async def known(world: World, ding: Driver) -> None:
    """Wait until both address books were read."""
    async with asyncio.timeout(WITHIN):
        while True:
            async with world.app.bench.store.read() as tx:
                if set(ding.world.people) <= set(await logins.accounts(tx, "dingtalk")):
                    return
            await asyncio.sleep(0.02)


async def enquires(world: World, **fields: Any) -> None:
    """Send the form, again where a busy machine asks for it, as a page does."""
    for _ in range(5):
        async with world.http.post(f"{world.base}/forms/website", json=fields) as response:
            if response.status != 503:
                assert response.status == 200, await response.text()
                return
    pytest.fail("the form was never taken")


async def rings(world: World, ding: Driver) -> str:
    """Bind the group as a manager does, and send a lead; it rings there."""
    group = group_of(ding)
    await ding.until(lambda: ding.world.connections, within=WITHIN)
    await known(world, ding)
    assert await ding.say(BOSS, f"@{ding.world.app.name} 绑定本群 华东", group_id=group)
    await ding.until(lambda: any("好的" in one for one in ding.texts(BOSS, group_id=group)), within=WITHIN)
    await enquires(world, **LEAD)
    await ding.until(lambda: ding.cards(TANG, group_id=group), within=WITHIN)
    return group


async def test_winner_and_losers_see_their_own_of_one_card(story):
    """The answer to the tap brings both faces; the number the winner asks for comes to him alone."""
    world, ding = story
    group = await rings(world, ding)

    assert await ding.tap(HE, "领取", group_id=group)

    await ding.until(lambda: "跟进" in labels(ding.cards(HE, group_id=group)[-1]), within=WITHIN)
    (mine,), (lost,) = ding.cards(HE, group_id=group), ding.cards(TANG, group_id=group)
    assert labels(mine) == ["跟进", "看电话", "转商机"]
    assert "你已领取" in mine["note"]
    assert labels(lost) == []
    assert "已被何静于" in lost["note"]

    assert await ding.tap(HE, "看电话", group_id=group)
    await ding.until(lambda: any("13912345678" in one["fields"] for one in ding.cards(HE)), within=WITHIN)
    assert not any("13912345678" in str(one) for one in ding.entries(HE, group_id=group))
    assert not any("13912345678" in str(one) for one in ding.entries(TANG, group_id=group))


async def test_a_claim_on_the_other_platform_flips_the_group_on_this_one(story):
    """No tap waits there: the change is a call of ours, and no button is left."""
    world, ding = story
    group = await rings(world, ding)

    await world.tap("zhangsan", "领取")

    await ding.until(lambda: "已被张三于" in ding.cards(HE, group_id=group)[-1]["note"], within=WITHIN)
    assert labels(ding.cards(HE, group_id=group)[-1]) == []
    assert labels(ding.cards(TANG, group_id=group)[-1]) == []


async def test_what_we_count_of_the_month_is_what_the_platform_counts(story):
    """A card, a press answered on the spot, words answered for free: both count alike, and it is told."""
    world, ding = story
    group = await rings(world, ding)
    assert await ding.tap(HE, "领取", group_id=group)
    assert await ding.say(HE, "帮助")
    await ding.until(lambda: any("跟进" in one for one in ding.texts(HE)), within=WITHIN)

    theirs = ding.world.quotas
    ours = await agreed(world, ding)

    assert ours == {"calls": theirs.api_calls, "pushes": theirs.pushes}
    assert ours["pushes"] == 3
    async with world.http.get(f"{world.base}/metrics") as answer:
        told = await answer.text()
    for what, n in ours.items():
        assert f'leadbell_platform_month_used{{platform="dingtalk",what="{what}"}} {n}' in told
    found = {one.what: one.text async for one in two_platforms.look(world.app.settings, world.clock())}
    assert f"{theirs.api_calls} / 5,000" in found["month.dingtalk.calls"]
    assert f"{theirs.pushes} / 3,000" in found["month.dingtalk.pushes"]


async def test_a_month_that_is_used_up_stops_what_costs_and_is_said(story):
    """The platform refuses; we ask no more for some minutes, and answer where that is free."""
    world, ding = story
    group = await rings(world, ding)
    ding.world.quotas.most_api_calls = ding.world.quotas.api_calls
    before = calls(ding)

    for n in range(3):
        await enquires(world, **{**LEAD, "name": f"客户{n}", "phone": f"1391234500{n}"})
    await ding.until(lambda: calls(ding) > before, within=WITHIN)
    await world.quiet(within=WITHIN)
    assert calls(ding) - before <= 3
    assert await ding.say(HE, f"@{ding.world.app.name} 领取 L1", group_id=group)
    await ding.until(lambda: ding.texts(HE, group_id=group), within=WITHIN)


def calls(ding: Driver) -> int:
    """Paid calls that the platform was asked for."""
    return len(
        [one for one in ding.world.wire.after(0) if one.path.startswith(("/v1.0/card", "/v1.0/robot"))]
    )


async def agreed(world: World, ding: Driver) -> dict[str, int]:
    """What we counted, once nothing is under way any more."""
    for _ in range(100):
        await world.quiet(within=WITHIN)
        async with world.app.bench.store.read() as tx:
            month = monthly.month_of(world.clock(), world.app.bench.company.org.zone)
            used = {one.what: one.n for one in await monthly.everything(tx, month=month)}
        if used == {"calls": ding.world.quotas.api_calls, "pushes": ding.world.quotas.pushes}:
            break
        await asyncio.sleep(0.1)
    return used
