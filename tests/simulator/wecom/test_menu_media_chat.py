from __future__ import annotations

import io
from datetime import timedelta

import aiohttp
import pytest

from bot.simulator.wecom.model import Chat


def click(name="我的", key="k"):
    return {"type": "click", "name": name, "key": key}


async def test_a_menu_is_made_read_and_removed(sim):
    """create, get, delete; without one get is 46003."""
    agent = sim.app.secrets.agent_id
    menu = {"button": [click(), {"name": "更多", "sub_button": [click("公海", "pool")]}]}

    assert (await sim.call("menu/create", menu, agentid=agent))["errcode"] == 0
    assert (await sim.call("menu/get", agentid=agent))["button"] == menu["button"]
    assert (await sim.call("menu/delete", agentid=agent))["errcode"] == 0
    assert (await sim.call("menu/get", agentid=agent))["errcode"] == 46003
    assert (await sim.call("menu/get", agentid=1))["errcode"] == 301002


@pytest.mark.parametrize(
    ("buttons", "code"),
    [
        ([], 40016),
        ([click()] * 4, 40016),
        ([{"name": "x", "sub_button": [click()] * 6}], 40016),
        ([click("一二三四五六")], 40018),
        ([{"name": "x", "sub_button": [click("一二三四五六七八九十一二三四")]}], 40018),
        ([click(key="k" * 129)], 40019),
        ([{"type": "view", "name": "x"}], 40020),
        ([{"type": "dance", "name": "x"}], 40017),
    ],
)
async def test_a_broken_menu_is_refused(sim, buttons, code):
    """3 top buttons of 16 bytes, 5 sub buttons of 40 bytes, keys of 128 bytes."""
    answer = await sim.call("menu/create", {"button": buttons}, agentid=sim.app.secrets.agent_id)

    assert answer["errcode"] == code


async def upload(sim, data, *, kind="image", part="media"):
    form = aiohttp.FormData()
    form.add_field(part, io.BytesIO(data), filename="图.png", content_type="image/png")
    query = {"access_token": await sim.fresh_token(), "type": kind}
    async with sim.http.post(
        f"{sim.running.base_url}/cgi-bin/media/upload", params=query, data=form
    ) as response:
        return await response.json()


async def test_a_file_is_kept_for_three_days(sim):
    """Upload gives a media_id, which can be sent and fetched; then it is 40007."""
    made = await upload(sim, b"\x89PNG 123456")
    token = await sim.fresh_token()
    query = {"access_token": token, "media_id": made["media_id"]}

    async with sim.http.get(f"{sim.running.base_url}/cgi-bin/media/get", params=query) as response:
        assert await response.read() == b"\x89PNG 123456"
        assert response.content_type == "image/png"
        assert "filename" in response.headers["Content-Disposition"]
    sent = await sim.send("zhangsan", "image", image={"media_id": made["media_id"]})
    shown = sim.driver.messages("zhangsan")[0]
    async with sim.http.get(shown.card["url"]) as response:
        assert await response.read() == b"\x89PNG 123456"
    sim.world.pass_time(timedelta(days=3))
    sim.token = ""

    assert made["type"] == "image"
    assert sent["errcode"] == 0
    assert shown.kind == "image"
    assert (await sim.send("zhangsan", "image", image={"media_id": made["media_id"]}))["errcode"] == 40007


@pytest.mark.parametrize(
    ("size", "kind", "part", "code"),
    [
        (5, "image", "media", 40006),
        (5 * 1024 * 1024 + 1, "image", "media", 40009),
        (2 * 1024 * 1024 + 1, "voice", "media", 45001),
        (6, "hologram", "media", 40004),
        (6, "image", "picture", 41005),
    ],
)
async def test_a_broken_upload_is_refused(sim, size, kind, part, code):
    """More than 5 bytes, at most 5 MB for an image, in the part named media."""
    assert (await upload(sim, bytes(size), kind=kind, part=part))["errcode"] == code


async def make_chat(sim, **parts):
    body = {"name": "华东大区", "userlist": ["wanglei", "zhangsan", "lina"], "chatid": "east"} | parts
    return await sim.call("appchat/create", body)


async def speak(sim, chatid="east", **message):
    body = {"chatid": chatid} | (message or {"msgtype": "text", "text": {"content": "喜报"}})
    return (await sim.call("appchat/send", body))["errcode"]


async def test_a_group_is_seen_with_its_first_message(sim):
    """create, send, get; the page shows no silent group."""
    made = await make_chat(sim)
    before = await sim.sim("GET", "chats")
    code = await speak(sim)
    after = await sim.sim("GET", "chats")
    said = await sim.sim("GET", "chats/east/messages")

    assert (made["chatid"], code) == ("east", 0)
    assert before[1] == []
    assert after[1][0]["name"] == "华东大区"
    assert [m["text"] for m in said[1]] == ["喜报"]
    info = (await sim.call("appchat/get", chatid="east"))["chat_info"]
    assert (info["owner"], info["userlist"]) == ("wanglei", ["wanglei", "zhangsan", "lina"])


async def test_a_group_takes_no_template_card(sim, card):
    """40008: cards go to members one by one."""
    await make_chat(sim)

    assert await speak(sim, msgtype="template_card", template_card=card()) == 40008


async def test_a_foreign_or_unknown_group_is_refused(sim):
    """86008 for a group of another app, 86003 for none."""
    sim.world.chats["foreign"] = Chat("foreign", "别人的", "lina", ["lina", "zhangsan"], agent_id=1)

    assert await speak(sim, "foreign") == 86008
    assert await speak(sim, "nowhere") == 86003


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"userlist": ["lina"]}, 86006),
        ({"userlist": ["lina", "ghost"]}, 86007),
        ({"owner": "chenli"}, 86005),
        ({"name": "名" * 51}, 86004),
        ({"chatid": "with-dash"}, 86001),
    ],
)
async def test_a_broken_group_is_refused(sim, parts, code):
    """Two members at least, all known; the owner among them."""
    assert (await make_chat(sim, **parts))["errcode"] == code


async def test_members_of_a_group_change(sim):
    """add, remove, and a new owner when the old one goes."""
    await make_chat(sim)
    change = {"chatid": "east", "name": "华东", "add_user_list": ["gaofeng"], "del_user_list": ["wanglei"]}

    assert (await sim.call("appchat/update", change))["errcode"] == 0
    info = (await sim.call("appchat/get", chatid="east"))["chat_info"]
    assert info["userlist"] == ["zhangsan", "lina", "gaofeng"]
    assert (info["owner"], info["name"]) == ("zhangsan", "华东")


async def test_only_an_app_of_the_whole_company_makes_groups(sim):
    """48002 unless the visible range is the root department."""
    sim.world.app.visible_departments = [2]

    assert (await make_chat(sim))["errcode"] == 48002


async def test_the_app_can_be_read(sim):
    """agent/get and the platform's addresses."""
    agent = await sim.call("agent/get", agentid=sim.app.secrets.agent_id)

    assert agent["name"] == "客铃"
    assert agent["allow_partys"]["partyid"] == [1]
    assert (await sim.call("get_api_domain_ip"))["ip_list"]
    assert (await sim.call("getcallbackip"))["ip_list"]
