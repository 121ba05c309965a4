"""What the robot says: to people, to groups, into a session, by a custom robot."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json

import pytest

from bot.simulator.dingtalk.http_mode import robot_sign
from bot.simulator.dingtalk.model import GroupRobot
from tests.simulator.dingtalk.conftest import OTHER, REP


def text(words):
    return {"msgKey": "sampleText", "msgParam": json.dumps({"content": words})}


@pytest.fixture
def to_people(api, world):
    async def sent(users, **message):
        body = {"robotCode": world.app.robot_code, "userIds": users} | (message or text("喜报"))
        return await api.new("POST", "/robot/oToMessages/batchSend", body)

    return sent


async def test_who_was_not_reached_is_told(to_people, ding, world):
    """200 all the same: unknown people and those held back stand in lists."""
    status, told = await to_people([REP, "nobody"])
    assert (status, told["invalidStaffIdList"], told["flowControlledStaffIdList"]) == (200, ["nobody"], [])
    world.faults.turn_on("ding_flow_control", times=1)
    _, told = await to_people([REP, OTHER])
    assert told["flowControlledStaffIdList"] == [REP, OTHER]
    assert ding.texts(REP) == ["喜报"]
    assert ding.texts(OTHER) == []


async def test_twenty_people_at_once(to_people):
    """The twenty-first is too many."""
    assert (await to_people([REP] * 20))[0] == 200
    status, told = await to_people([REP] * 21)
    assert (status, told["code"]) == (400, "invalidParameter.userIds.overMax")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({"msgKey": "sampleText", "msgParam": {"content": "x"}}, "invalidParameter.msgParam.invalid"),
        ({"msgKey": "sampleText", "msgParam": "{}"}, "invalidParameter.msgParam.invalid"),
        ({"msgKey": "sampleMagic", "msgParam": "{}"}, "invalidParameter.msgKey.invalid"),
        (text("长" * 6000), "invalidParameter.msgParam.tooLong"),
        (text("x") | {"robotCode": "other"}, "invalidParameter.robotCode.notExsit"),
    ],
    ids=["not a text", "a part missing", "unknown kind", "too long", "another robot"],
)
async def test_what_does_not_fit_is_refused(to_people, message, code):
    """400 with the code of the platform."""
    status, told = await to_people([REP], **message)
    assert (status, told["code"]) == (400, code)


@pytest.mark.parametrize(
    ("key", "param", "kind", "buttons"),
    [
        ("sampleMarkdown", {"title": "t", "text": "**b**"}, "markdown", None),
        ("sampleLink", {"title": "t", "text": "x", "messageUrl": "https://e.com"}, "link", None),
        ("sampleImageMsg", {"photoURL": "https://e.com/a.png"}, "image", None),
        (
            "sampleActionCard",
            {"title": "t", "text": "x", "singleTitle": "看", "singleURL": "u"},
            "action_card",
            ["看"],
        ),
        (
            "sampleActionCard2",
            {
                "title": "t",
                "text": "x",
                "actionTitle1": "领",
                "actionURL1": "u",
                "actionTitle2": "看",
                "actionURL2": "v",
            },
            "action_card",
            ["领", "看"],
        ),
        (
            "sampleActionCard6",
            {
                "title": "t",
                "text": "x",
                "buttonTitle1": "领",
                "buttonUrl1": "u",
                "buttonTitle2": "看",
                "buttonUrl2": "v",
            },
            "action_card",
            ["领", "看"],
        ),
    ],
)
async def test_each_kind_of_message_is_shown(to_people, ding, key, param, kind, buttons):
    """With its own parts."""
    status, _ = await to_people([REP], msgKey=key, msgParam=json.dumps(param))
    shown = ding.entries(REP)[-1]
    assert (status, shown["kind"]) == (200, kind)
    if buttons:
        assert [one["text"] for one in shown["card"]["buttons"]] == buttons


async def test_a_group_can_be_gone(api, world, group):
    """Unknown, disbanded, or without the robot: three different refusals."""
    body = {"robotCode": world.app.robot_code, "openConversationId": group.id} | text("喜报")
    assert (await api.new("POST", "/robot/groupMessages/send", body))[0] == 200
    codes = []
    group.has_robot = False
    codes.append((await api.new("POST", "/robot/groupMessages/send", body))[1]["code"])
    group.disbanded = True
    codes.append((await api.new("POST", "/robot/groupMessages/send", body))[1]["code"])
    body["openConversationId"] = "cidnone=="
    codes.append((await api.new("POST", "/robot/groupMessages/send", body))[1]["code"])
    assert codes == ["resource.not.found", "group.disbanded", "invalid.openConversationId"]


async def test_a_message_is_taken_back_within_a_day(to_people, api, world, ding, clock):
    """By its processQueryKey; afterwards it fails."""
    _, sent = await to_people([REP])
    body = {"robotCode": world.app.robot_code, "processQueryKeys": [sent["processQueryKey"]]}
    query = {"robotCode": world.app.robot_code, "processQueryKey": sent["processQueryKey"]}
    assert (await api.new("GET", "/robot/oToMessages/readStatus", query=query))[1]["sendStatus"] == "SUCCESS"
    _, told = await api.new("POST", "/robot/otoMessages/batchRecall", body)
    assert told == {"successResult": [sent["processQueryKey"]], "failedResult": {}}
    assert ding.entries(REP)[-1]["kind"] == "note"
    clock.pass_time(hours=25)
    await api.fetch_token()
    _, told = await api.new("POST", "/robot/otoMessages/batchRecall", body)
    assert list(told["failedResult"]) == [sent["processQueryKey"]]


async def test_a_session_answers_into_its_chat_until_it_expires(ding, connect, api, http, group, clock):
    """Into the group it came from; 90 minutes later the session is gone, with HTTP 200."""
    client = await connect()
    await ding.say(REP, "@客铃 你好", group_id=group.id)
    url = json.loads(client.heard()[0]["data"])["sessionWebhook"]
    message = {"msgtype": "text", "text": {"content": "在"}, "at": {"atUserIds": [REP]}}

    async def post(body):
        async with http.post(url, json=body) as response:
            return response.status, await response.json()

    assert await post(message) == (200, {"errcode": 0, "errmsg": "ok"})
    assert ding.texts(OTHER, group_id=group.id) == ["@何静 在"]
    assert (await post({"msgtype": "magic", "magic": {}}))[1]["errcode"] == 400101
    assert (await post({"msgtype": "text", "text": {"content": ""}}))[1]["errcode"] == 400102
    clock.pass_time(minutes=90)
    status, told = await post(message)
    assert (status, told["errcode"], told["errmsg"]) == (200, 300001, "session 不存在")


def signed(secret, stamp):
    digest = hmac.new(secret.encode(), f"{stamp}\n{secret}".encode(), hashlib.sha256).digest()
    return base64.b64encode(digest).decode()


async def test_a_custom_robot_signs_and_keeps_its_pace(api, world, group, clock):
    """A wrong sign is 310000; the 21st message in a minute begins ten minutes of silence."""
    world.robots["tok"] = GroupRobot("tok", "this is secret", group.id)

    async def send(words, *, sign=None, mark=""):
        stamp = str(world.stamp())
        query = {"access_token": "tok", "timestamp": stamp, "sign": sign or signed("this is secret", stamp)}
        body = {"msgtype": "text", "text": {"content": words}} | ({"msgUuid": mark} if mark else {})
        return (await api.call("POST", "/robot/send", body, query=query))[1]["errcode"]

    assert await send("x", sign="wrong") == 310000
    assert [await send("喜报", mark="m1"), await send("喜报", mark="m1")] == [0, 0]
    assert len(group.entries) == 1
    codes = []
    for number in range(20):
        clock.pass_time(milliseconds=100)
        codes.append(await send(f"第{number}条"))
    assert codes == [0] * 18 + [410100] * 2
    clock.pass_time(minutes=2)
    assert await send("还不行") == 410100
    clock.pass_time(minutes=9)
    assert await send("行了") == 0


def test_the_robots_sign_is_the_documented_one():
    """The inputs are those of the platform's own page."""
    assert robot_sign("this is a secret", "1577262236757") == "DJrE6qdyVGCQz9z5r2MDuNcNAhwYnuAkyj13cx169CA="
    assert signed("this is secret", "1577262236757") == "hmPWwU+7lVdm3ZZz0r9tSfx0L4Q26jWOZr9+Gs6EZQM="


async def test_a_file_that_somebody_sends_can_be_fetched(ding, connect, api, world, http):
    """By its downloadCode, at a temporary address."""
    client = await connect()
    await ding.hands.members.send_file(REP, kind="image", name="a.png", content_type="image/png", data=b"PNG")
    code = json.loads(client.heard()[0]["data"])["content"]["downloadCode"]
    body = {"downloadCode": code, "robotCode": world.app.robot_code}
    _, told = await api.new("POST", "/robot/messageFiles/download", body)
    async with http.get(told["downloadUrl"]) as response:
        assert await response.read() == b"PNG"
    status, _ = await api.new("POST", "/robot/messageFiles/download", body | {"downloadCode": "none"})
    assert status == 400
