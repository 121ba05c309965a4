"""The JSON interface: what the page reads and does."""

from __future__ import annotations

import json

import pytest

from bot.simulator.dingtalk.faults import KINDS
from tests.simulator.dingtalk.conftest import BOSS, OTHER, REP


@pytest.fixture
def page(api):
    async def call(method, path, body=None):
        return await api.call(method, f"/sim/api/dingtalk/{path}", body)

    return call


async def test_the_world_lists_people_groups_and_state(page, connect):
    """With the connection, the quota and every fault in Chinese."""
    await connect()
    _, world = await page("GET", "world")
    assert [one["userid"] for one in world["people"]] == [REP, OTHER, BOSS]
    assert (world["connections"], world["opened"], world["quota"]["api_most"]) == (1, 1, 5000)
    assert {one["kind"] for one in world["faults"]} == set(KINDS)
    assert all(one["title"] and one["about"] and one["group"] for one in world["faults"])


async def test_a_person_writes_and_taps(page, ding, connect, make_card):
    """As on the page; a button that is not on his card is refused."""
    client = await connect()
    assert (await page("POST", f"people/{REP}/text", {"text": "你好"}))[1] == {"to_robot": True}
    await make_card()
    _, shown = await page("GET", f"people/{REP}/messages")
    assert [one["from"] for one in shown] == ["me", "app"]
    assert "sealed-claim" not in json.dumps(shown)
    tap = {"message_id": shown[1]["id"], "key": "button1"}
    assert (await page("POST", f"people/{REP}/tap", tap))[1] == {"card_state": "loading"}
    await ding.settled()
    assert len(client.heard()) == 2
    assert (await page("POST", f"people/{REP}/tap", tap | {"key": "button2"}))[0] == 409


async def test_a_group_is_made_and_read_by_its_members(page, group):
    """Who is not in it sees nothing."""
    _, made = await page("POST", "groups", {"name": "杭州群", "members": [OTHER]})
    await page("POST", f"people/{OTHER}/text", {"text": "大家好", "group": made["id"]})
    _, shown = await page("GET", f"people/{OTHER}/groups/{made['id']}/messages")
    assert [one["text"] for one in shown] == ["大家好"]
    assert (await page("GET", f"people/{REP}/groups/{made['id']}/messages"))[0] == 409


async def test_faults_are_switched(page, world):
    """On with a count, off again; an unknown one is refused."""
    _, faults = await page("POST", "faults", {"ding_slow": {"times": 2, "value": 0.1}})
    assert next(one for one in faults if one["kind"] == "ding_slow")["on"]
    await page("POST", "faults", {"ding_slow": False})
    assert world.faults.active == {}
    assert (await page("POST", "faults", {"magic": True}))[0] == 400


async def test_people_come_and_go(page, world):
    """The admin's work over HTTP."""
    assert (await page("POST", "people", {"name": "新人", "userid": "new1"}))[0] == 200
    assert world.people["new1"].name == "新人"
    assert (await page("POST", "people", {"name": "新人", "userid": "new1"}))[0] == 409
    assert (await page("DELETE", "people/new1"))[0] == 200
    assert "new1" not in world.people


async def test_a_persons_picture_reaches_the_robot(page, connect, ding):
    """With a code by which it can be fetched."""
    client = await connect()
    body = {"kind": "image", "name": "a.png", "content_type": "image/png", "data": "UE5H"}
    assert (await page("POST", f"people/{REP}/file", body))[0] == 200
    await ding.settled()
    data = json.loads(client.heard()[0]["data"])
    assert (data["msgtype"], bool(data["content"]["downloadCode"])) == ("picture", True)


async def test_both_platforms_are_watched_on_one_stream(ding, running):
    """What happens here is told to the page that also watches the other platform."""
    with running.world.bus.watch() as happened:
        await ding.say(REP, "你好")
        kinds = {(await happened.get())["type"] for _ in range(happened.qsize())}
    assert {"ding", "wire"} <= kinds
    assert [one.path for one in running.world.wire.after(0)] == ["/v1.0/im/bot/messages/get"]
