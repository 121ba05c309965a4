"""Stream mode: tickets, frames, acknowledgements of every make, repeats, disconnects."""

from __future__ import annotations

import json

import aiohttp
import pytest

from bot.simulator.common.refusal import NotPossibleError
from tests.simulator.dingtalk.conftest import OTHER, REP, spec_ack


def with_data(code, data):
    def ack(frame):
        return {"code": code, "headers": {"messageId": frame["headers"]["messageId"]}, "data": data}

    return ack


async def test_a_wrong_secret_gets_no_ticket(open_ticket):
    """401 with the body that the field reports."""
    status, told = await open_ticket(clientSecret="wrong")
    assert (status, told["code"], told["message"]) == (401, "authFailed", "鉴权失败")


async def test_a_ticket_opens_one_connection(open_ticket, http):
    """The second use is refused, and an invented one too."""
    _, told = await open_ticket()
    await (await http.ws_connect(told["endpoint"], params={"ticket": told["ticket"]})).close()
    for ticket in (told["ticket"], "invented"):
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(told["endpoint"], params={"ticket": ticket})


async def test_a_ticket_lives_90_seconds(open_ticket, http, clock):
    """After that it opens nothing."""
    _, told = await open_ticket()
    clock.pass_time(seconds=90)
    with pytest.raises(aiohttp.WSServerHandshakeError):
        await http.ws_connect(told["endpoint"], params={"ticket": told["ticket"]})


async def test_a_message_comes_as_a_callback_frame(ding, connect):
    """Header values are texts, data is JSON in a text, and the sender is named."""
    client = await connect()
    assert await ding.say(REP, "你好")
    (frame,) = client.heard()
    assert all(isinstance(value, str) for value in frame["headers"].values())
    assert frame["headers"]["topic"] == "/v1.0/im/bot/messages/get"
    data = json.loads(frame["data"])
    assert (data["senderStaffId"], data["text"]["content"], data["conversationType"]) == (REP, "你好", "1")
    assert data["sessionWebhookExpiredTime"] - data["createAt"] == 90 * 60 * 1000


async def test_in_a_group_the_robot_hears_what_mentions_it(ding, connect, group):
    """Other words stay among people; after the mention a space is left."""
    client = await connect()
    assert not await ding.say(REP, "吃了吗", group_id=group.id)
    assert await ding.say(REP, "@客铃 公海还有几条", group_id=group.id)
    (frame,) = client.heard()
    data = json.loads(frame["data"])
    assert (data["conversationId"], data["text"]["content"]) == (group.id, " 公海还有几条")


@pytest.mark.parametrize(
    "data",
    ['{"response": null}', '{"response": "OK"}', '{"response": {}}', "{}", "", {"response": None}],
    ids=["spec", "python", "object", "empty object", "nothing", "not in a text"],
)
async def test_acknowledgements_of_every_make_are_taken(ding, connect, data):
    """Only messageId and code count."""
    client = await connect(with_data(200, data))
    assert await ding.say(REP, "你好")
    await ding.settled()
    assert len(client.heard()) == 1


@pytest.mark.parametrize(
    ("ack", "times"),
    [
        (with_data(200, '{"status": "SUCCESS"}'), 1),
        (with_data(200, '{"userId": ["x"]}'), 1),
        (with_data(200, '{"status": "LATER"}'), 3),
        (with_data(500, '{"status": "LATER"}'), 3),
        (with_data(500, ""), 3),
    ],
    ids=["spec", "python echoes", "later", "go's later", "failed"],
)
async def test_events_come_until_they_are_taken(ding, connect, ack, times):
    """LATER and an error ask for a repeat; two repeats, then it is given up; the eventId stays."""
    client = await connect(ack)
    ding.hands.admin.dismiss(OTHER)
    await ding.settled()
    events = client.heard("EVENT")
    assert len(events) == times
    assert {one["headers"]["eventType"] for one in events} == {"user_leave_org"}
    assert len({one["headers"]["eventId"] for one in events}) == 1


@pytest.mark.parametrize(("fault", "ids"), [(False, 1), (True, 3)])
async def test_what_is_not_acknowledged_comes_again(ding, connect, world, fault, ids):
    """With the same messageId, or by the switch with another; msgId and data stay the same."""
    client = await connect(lambda _frame: None)
    if fault:
        world.faults.turn_on("ding_new_message_id")
    assert not await ding.say(REP, "你好")
    await ding.settled()
    frames = client.heard()
    assert len(frames) == 3
    assert len({one["headers"]["messageId"] for one in frames}) == ids
    assert len({one["data"] for one in frames}) == 1


async def test_a_push_without_a_connection_waits_for_one(ding, connect):
    """Nobody is there at first; the repeat finds the new connection."""
    assert not await ding.say(REP, "有人吗")
    client = await connect()
    await ding.settled()
    assert [json.loads(one["data"])["text"]["content"] for one in client.heard()] == ["有人吗"]


async def test_each_push_goes_to_one_connection_of_several(ding, connect):
    """At random, so that a forgotten process takes its share."""
    first, second = await connect(), await connect()
    for number in range(24):
        assert await ding.say(REP, f"第{number}句")
    assert len(first.heard()) + len(second.heard()) == 24
    assert first.heard()
    assert second.heard()


async def test_an_acknowledgement_on_another_connection_does_not_count(ding, connect):
    """The frame was sent on one socket and acknowledged on the other: it is pushed again."""
    first = await connect(lambda _frame: None)
    second = await connect(lambda _frame: None)

    def crossed(frame):
        other = second if frame in first.frames else first
        other.crossed.append(spec_ack(frame))

    first.crossed, second.crossed = [], []
    first.answer = second.answer = crossed
    assert not await ding.say(REP, "你好")
    for client in (first, second):
        for ack in client.crossed:
            await client.ws.send_json(ack)
    await ding.settled()
    assert len(first.heard()) + len(second.heard()) == 3


async def test_after_a_disconnect_nothing_more_is_delivered_there(ding, connect, world):
    """The old connection hears no further message and is closed; a new one hears all."""
    old = await connect()
    world.faults.turn_on("ding_disconnect")
    await ding.until(lambda: [one for one in old.heard("SYSTEM") if one["headers"]["topic"] == "disconnect"])
    new = await connect()
    for number in range(5):
        assert await ding.say(REP, f"第{number}句")
    assert (len(old.heard()), len(new.heard())) == (0, 5)
    await ding.until(lambda: world.connections == 1)
    await old.task
    assert old.closed == 1000


async def test_a_silent_connection_swallows_and_does_not_answer(ding, connect, world):
    """It stands, but brings nothing and answers no ping; what was lost comes again elsewhere."""
    half_open = await connect()
    world.faults.turn_on("ding_silent")
    assert not await ding.say(REP, "你好")
    assert half_open.heard() == []
    assert world.connections == 1
    await half_open.ws.ping()
    world.faults.turn_off("ding_silent")
    await ding.settled()
    assert len(half_open.heard()) == 1


@pytest.mark.parametrize(("kind", "code"), [("ding_close", 1000), ("ding_cut", 1006)])
async def test_a_connection_ends_cleanly_or_not(ding, connect, world, kind, code):
    """Closed with 1000, or broken without a word."""
    client = await connect()
    world.faults.turn_on(kind)
    await ding.until(lambda: world.connections == 0)
    await client.task
    assert client.closed == code


async def test_the_gateway_can_be_busy(open_ticket, world):
    """503 while the switch is on."""
    world.faults.turn_on("ding_refuse", times=1)
    assert (await open_ticket())[0] == 503
    assert (await open_ticket())[0] == 200


async def test_over_the_quota_a_message_has_no_words(ding, connect, world):
    """errorCode 20001 in place of the text; taps and other events do not come; the address book's do."""
    client = await connect()
    world.quotas.most_pushes = 1
    await ding.say(REP, "一")
    await ding.say(REP, "二")
    ding.hands.admin.found("东北大区")
    ding.hands.admin.retitle(next(iter(world.groups.values())), "新群名")
    await ding.settled()
    data = [json.loads(one["data"]) for one in client.heard()]
    assert [one.get("text", {}).get("content") for one in data] == ["一", None]
    assert (data[1]["errorCode"], data[1]["msgtype"], data[1]["senderStaffId"]) == (20001, "text", REP)
    assert [one["headers"]["eventType"] for one in client.heard("EVENT")] == ["org_dept_create"]


async def test_only_what_was_subscribed_comes(ding, connect):
    """A client without the card topic never hears of taps, and without events of none."""
    client = await connect(subscriptions=[{"type": "CALLBACK", "topic": "/v1.0/im/bot/messages/get"}])
    ding.hands.admin.found("东北大区")
    assert await ding.say(REP, "你好")
    await ding.settled()
    assert [one["type"] for one in client.frames] == ["CALLBACK"]


@pytest.mark.parametrize(
    ("kind", "count"), [("ding_duplicate", 2), ("ding_lost", 1), ("ding_out_of_order", 1)]
)
async def test_deliveries_go_wrong_by_switch(ding, connect, world, kind, count):
    """Twice, once later, or behind the next one: always with the same msgId."""
    client = await connect()
    world.faults.turn_on(kind, times=1)
    held = ding.hands.members.write(REP, "一")
    await ding.say(REP, "二")
    await held
    await ding.settled()
    words = [json.loads(one["data"])["text"]["content"] for one in client.heard()]
    assert words.count("一") == count
    assert words.count("二") == 1
    if kind != "ding_duplicate":
        assert words == ["二", "一"]


async def test_an_unpublished_robot_does_not_tell_who_speaks(ding, connect, world):
    """No senderStaffId: the speaker is a stranger."""
    client = await connect()
    world.app.published = False
    await ding.say(REP, "你好")
    data = json.loads(client.heard()[0]["data"])
    assert "senderStaffId" not in data
    assert data["senderNick"] == "何静"


async def test_events_that_nobody_took_can_be_asked_for_once(ding, api):
    """After the last repeat; reading takes them away."""
    await api.fetch_token()
    query = {"access_token": api.token}
    path = "/call_back/get_call_back_failed_result"
    ding.hands.admin.dismiss(OTHER)
    await ding.settled()
    _, told = await api.call("GET", path, query=query)
    (one,) = told["failed_list"]
    assert (one["call_back_tag"], one["user_leave_org"]["userId"]) == ("user_leave_org", [OTHER])
    _, again = await api.call("GET", path, query=query)
    assert (again["failed_list"], again["has_more"]) == ([], False)


async def test_other_kinds_of_message_reach_the_robot(ding, connect, group):
    """With their content; sound and files in the chat of two alone."""
    client = await connect()
    parts = {"richText": [{"text": "看这个"}, {"type": "picture", "downloadCode": "c"}]}
    assert await ding.hands.members.send(REP, "richText", parts, group_id=group.id)
    data = json.loads(client.heard()[0]["data"])
    assert (data["msgtype"], data["content"], "text" in data) == ("richText", parts, False)
    with pytest.raises(NotPossibleError):
        ding.hands.members.send(REP, "audio", {"duration": 900, "downloadCode": "c"}, group_id=group.id)
