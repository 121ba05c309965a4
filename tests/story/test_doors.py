"""Other doors, over real HTTP: a tool's push, standing codes and links, an official account, the admin's words."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest
from sqlalchemy import select

from bot.simulator.wechat_official.account import Settings
from bot.store import standing_ways
from bot.store.tables import behaviour, capture
from bot.store.tables.leads import leads
from tests.conftest import ROOT
from tests.story.conftest import ShiftedClock, World, running

ACCOUNT = {"app_id": "wx49f0ab532d5d035a", "token": "a-token-of-this-test",
           "aes_key": "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"}  # fmt: skip


@pytest.fixture
def config(tmp_path: Path) -> Path:
    """The shipped one, with an official account's code and an admin."""
    import shutil

    copy = tmp_path / "config"
    shutil.copytree(ROOT / "config", copy)
    ways = copy / "contact_ways.yaml"
    more = "  - {name: 易拉宝, kind: scene, account: main, source: 公众号, campaign: 秋季展会}\n"
    more += (
        '  - {name: 李娜名片, source: 转介绍, reps: [lina], greeting: "您好，我是{name}，名片上的就是我。"}\n'
    )
    ways.write_text(ways.read_text(encoding="utf-8") + more, encoding="utf-8")
    org = copy / "org.yaml"
    text = org.read_text(encoding="utf-8").replace("also_admins: []", "also_admins: [lina]")
    org.write_text(text, encoding="utf-8")
    return copy


@pytest.fixture
async def world(sqlite_url: str, config: Path) -> AsyncIterator[World]:
    account = {f"main__{name}": value for name, value in ACCOUNT.items()}
    async with running(sqlite_url, clock=ShiftedClock(), config=config, wechat=account) as started:
        yield started


async def rows(world: World, table):
    async with world.app.bench.store.read() as tx:
        return await tx.all(select(table))


async def test_a_standing_code_brings_leads_to_whoever_was_added(world: World) -> None:
    """活码 gives the picture; each customer who scans it is a lead of its source, named, owned, greeted."""
    await world.people.say("lina", "活码 李娜名片")
    await world.sees("lina", "正在生成")
    await world.sees("lina", "来源记为转介绍")
    (way,) = world.simulator.world.ways.values()
    assert (way.users, way.remark) == (["lina"], "李娜名片")

    for name in ("陈晓", "周洋"):
        customer = world.people.meet(name)
        world.people.scan(customer, way.config_id)
        await world.sees("lina", name)
        await world.quiet()
        assert any("名片上的就是我" in (m.text or "") for m in world.people.customer_messages(customer))

    found = sorted(await rows(world, leads), key=lambda row: row.id)
    assert [(row.name, row.source, row.owner_id, row.status) for row in found] == [
        ("陈晓", "转介绍", "lina", "assigned"), ("周洋", "转介绍", "lina", "assigned"),
    ]  # fmt: skip
    assert all(row.wechat_added_at is not None for row in found)
    touched = await rows(world, behaviour.touch_points)
    assert {(row.source, row.content, row.lead_id) for row in touched} == {
        ("转介绍", "李娜名片", found[0].id), ("转介绍", "李娜名片", found[1].id),
    }  # fmt: skip


async def test_the_same_customer_is_one_lead_and_other_people_keep_the_code(world: World) -> None:
    await world.people.say("lina", "活码 展会")
    await world.sees("lina", "来源记为展会")
    (way,) = world.simulator.world.ways.values()
    customer = world.people.meet("陈晓")
    for userid in way.users[:2]:
        world.people.scan(customer, way.config_id, userid=userid)
        await world.quiet()

    (lead,) = await rows(world, leads)
    assert (lead.source, lead.campaign) == ("展会", "秋季展会")

    # Somebody joins: the next asking puts him behind the code that hangs on the wall.
    newcomer = world.people.hire("新同事", "上海组", userid="newcomer")
    await world.quiet()
    await world.http.get(world.base)
    async with world.app.bench.store.read() as tx:
        before = (await standing_ways.everything(tx))[0]
    await _known(world, newcomer.userid)
    await world.people.say("lina", "活码 展会")
    await world.quiet()

    assert list(world.simulator.world.ways) == [way.config_id]
    assert "newcomer" in way.users
    async with world.app.bench.store.read() as tx:
        after = (await standing_ways.everything(tx))[0]
    assert (after.state, after.url, after.version) == (before.state, before.url, before.version + 1)


async def _known(world: World, userid: str) -> None:
    import asyncio

    from bot.store import users

    async with asyncio.timeout(20):
        while True:
            async with world.app.bench.store.read() as tx:
                if any(one.id == userid for one in await users.active(tx)):
                    return
            await asyncio.sleep(0.05)


async def test_an_acquisition_link_carries_our_word(world: World) -> None:
    """The channel behind the link comes back as the state of whoever opens it."""
    await world.people.say("lina", "活码 抖音主页")
    said = await world.sees("lina", "customer_channel=st")
    url = next(line for line in said.splitlines() if line.startswith("http"))
    customer = world.people.meet("吴敏")

    api = f"{world.simulator.base_url}/sim/api/customers/{quote(customer.id)}/scan"
    async with aiohttp.ClientSession() as http, http.post(api, json={"url": url}) as answer:
        assert answer.status == 200, await answer.text()
    await world.quiet()

    (lead,) = await rows(world, leads)
    assert (lead.source, lead.external_contact_id) == ("抖音", customer.id)


async def test_reps_see_their_own_codes_alone(world: World) -> None:
    await world.people.say("gaofeng", "活码")
    said = await world.sees("gaofeng", "活码")

    assert "李娜名片" not in said


async def test_an_admin_reads_the_doors_and_a_push_arrives(world: World) -> None:
    """接入情况 tells the address; a push there becomes a lead; one that fails is told and taken after 重试."""
    await world.people.say("lina", "接入情况")
    said = await world.sees("lina", "推送地址")
    address = next(
        line.split()[-1]
        for line in said.splitlines()
        if line.strip().startswith("推送地址") and "oceanengine" in line
    )
    push = {"clue_id": "7", "name": "孙丽", "telphone": "13600002222", "city_name": "上海"}
    async with world.http.post(address, data=json.dumps(push)) as answer:
        assert (answer.status, await answer.json()) == (200, {"code": 200, "message": "success"})
    async with world.http.post(address + "x", data=json.dumps(push)) as answer:
        assert (answer.status, await answer.read()) == (401, b"")
    async with world.http.post(address, data=json.dumps({"clue_id": "8", "name": "无电话"})) as answer:
        assert answer.status == 200
    await world.sees("lina", "没能收下")

    await world.people.say("lina", "接入情况")
    await world.sees("lina", "收下 1 条，没收下 1 条")
    chart = world.app.bench.company.connectors["oceanengine"]
    form = chart.forms[0]
    fields = {**form.fields, "clue_id": "external_id"}
    mended = chart.model_copy(update={"forms": (form.model_copy(update={"fields": fields}),)})
    from dataclasses import replace

    company = world.app.bench.company
    world.app.bench.company = replace(company, connectors={**company.connectors, "oceanengine": mended})
    await world.people.say("lina", "重试 飞鱼")
    await world.sees("lina", "重试 1 条，收下 1 条")

    assert sorted(row.name for row in await rows(world, leads)) == ["孙丽", "无电话"]


async def test_followers_of_the_official_account_are_known_by_their_code(world: World) -> None:
    """The console's check passes; who scans is a follower with a touch point, and leaves as one."""
    wechat = world.simulator.wechat
    wechat.settings = Settings(**ACCOUNT, callback_url=f"{world.base}/callback/wechat/main")
    await world.people.say("lina", "活码 易拉宝")
    said = await world.sees("lina", "参数填 sc")
    scene = said.split("参数填 ")[1].split("（")[0]

    assert await wechat.check() is True
    assert await wechat.scan("oAbc", scene) is True
    assert await wechat.scan("oAbc", scene) is True
    assert await wechat.scan("oOther", "") is True
    await world.quiet()

    found = {row.open_id: row for row in await rows(world, capture.followers)}
    assert {name: row.scene for name, row in found.items()} == {"oAbc": scene, "oOther": ""}
    points = [(row.source, row.campaign, row.content) for row in await rows(world, behaviour.touch_points)]
    # Two scans within half an hour are one visit.
    assert sorted(points) == [("公众号", "", ""), ("公众号", "秋季展会", "易拉宝")]

    assert await wechat.leave("oAbc") is True
    await world.quiet()
    found = {row.open_id: row for row in await rows(world, capture.followers)}
    assert found["oAbc"].left_at is not None
    assert found["oOther"].left_at is None


async def test_a_forged_follower_is_an_empty_401(world: World) -> None:
    """Another token, another account's address, no encryption: nothing is told, nothing is kept."""
    wechat = world.simulator.wechat
    address = f"{world.base}/callback/wechat/main"
    wechat.settings = Settings(**{**ACCOUNT, "token": "another"}, callback_url=address)

    assert await wechat.check() is False
    assert await wechat.scan("oAbc", "") is False
    for path in (address, f"{world.base}/callback/wechat"):
        async with world.http.post(path, data="<xml/>") as answer:
            assert (answer.status, await answer.read()) == (401, b"")
    async with world.http.get(address) as answer:
        assert (answer.status, await answer.read()) == (401, b"")

    assert await rows(world, capture.followers) == []


async def test_who_checks_in_at_an_event_was_there(world: World) -> None:
    """The code leads to the page of the form; who fills it there has attended, and is a lead of the event."""
    await world.people.say("lina", "活码 展会签到")
    said = await world.sees("lina", "/l/checkin?source=")
    url = next(line for line in said.splitlines() if line.startswith("http"))
    async with world.http.get(url) as answer:
        assert answer.status == 200
        assert "活动签到" in await answer.text()

    await world.form("checkin", name="吴敏", phone="13400004444")

    (lead,) = await rows(world, leads)
    assert (lead.source, lead.campaign) == ("展会", "秋季展会")
    told = {(row.event, row.object, row.lead_id) for row in await rows(world, behaviour.behaviours)}
    assert ("event_attended", "秋季展会", lead.id) in told
