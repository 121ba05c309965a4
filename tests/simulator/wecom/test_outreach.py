"""企业群发 and 微信客服 as the platform has them: with its spans, its limits and its refusals."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.simulator.common.refusal import NotPossibleError
from tests.simulator.wecom.test_customers import added, make_way

LIST = {"start_time": 1793584000, "end_time": 1793600000, "chat_type": "single", "limit": 100}


def passes(sim, **span):
    """Time goes by, and the token of before with it."""
    sim.world.pass_time(timedelta(**span))
    sim.token = ""


async def friends(sim, n=2):
    way = await make_way(sim, "lina")
    return [(await added(sim, way, name=f"客户{i}"))[0] for i in range(n)]


async def task(sim, *customers, **parts):
    body = {"chat_type": "single", "sender": "lina", "text": {"content": "上新了"}} | parts
    return await sim.call("externalcontact/add_msg_template", body | {"external_userid": [*customers]})


async def results(sim, msgid):
    answer = await sim.call(
        "externalcontact/get_groupmsg_send_result", {"msgid": msgid, "userid": "lina", "limit": 1000}
    )
    return {row["external_userid"]: row["status"] for row in answer["send_list"]}


async def test_a_task_sends_nothing_before_the_member_taps(sim):
    """Then each of his contacts has it; a stranger was refused when it was made."""
    one, two = await friends(sim)
    made = await task(sim, one.id, two.id, "wmstranger")
    assert (made["errcode"], made["fail_list"]) == (0, ["wmstranger"])
    assert one.messages == []
    assert set((await results(sim, made["msgid"])).values()) == {0}

    status, card = await sim.sim("POST", f"people/lina/group_messages/{made['msgid']}/send", {})
    tasks = await sim.call("externalcontact/get_groupmsg_task", {"msgid": made["msgid"]})
    assert (status, card["card"]["replace_text"]) == (200, "已发送，送达 2/2")
    assert [m.text for m in one.messages] == ["上新了"]
    assert (tasks["task_list"][0]["userid"], tasks["task_list"][0]["status"]) == ("lina", 2)
    assert set((await results(sim, made["msgid"])).values()) == {1}
    with pytest.raises(NotPossibleError):
        sim.running.hands.outreach.send_group("lina", made["msgid"])


async def test_each_customer_has_a_status_of_his_own(sim):
    """Left out is 0, no contact any more 2, one a day 3."""
    one, two, three = await friends(sim, 3)
    first = await task(sim, one.id)
    sim.running.hands.outreach.send_group("lina", first["msgid"])
    second = await task(sim, one.id, two.id, three.id)
    sim.driver.hands.customers.leave(two.id, "lina")
    sim.running.hands.outreach.send_group("lina", second["msgid"], but=[three.id])

    assert await results(sim, second["msgid"]) == {one.id: 3, two.id: 2, three.id: 0}
    passes(sim, hours=25)
    third = await task(sim, one.id)
    sim.running.hands.outreach.send_group("lina", third["msgid"])
    assert await results(sim, third["msgid"]) == {one.id: 1}


async def test_the_list_names_neither_creator_nor_key(sim):
    """Of what the API made; by span and page, a month at most."""
    (one,) = await friends(sim, 1)
    made = await task(sim, one.id)
    now = int(sim.world.now().timestamp())
    span = LIST | {"start_time": now - 60, "end_time": now + 60}
    found = await sim.call("externalcontact/get_groupmsg_list_v2", span)
    (row,) = found["group_msg_list"]

    assert (row["msgid"], row["text"], "creator" in row) == (made["msgid"], {"content": "上新了"}, False)
    long = span | {"end_time": now + 40 * 86400}
    assert (await sim.call("externalcontact/get_groupmsg_list_v2", long))["errcode"] == 40058


async def test_reminders_are_counted_and_a_task_can_be_taken_back(sim):
    """Three in 24 hours; what was taken back is sent no more."""
    (one,) = await friends(sim, 1)
    made = await task(sim, one.id)
    codes = [
        (await sim.call("externalcontact/remind_groupmsg_send", {"msgid": made["msgid"]}))["errcode"]
        for _ in range(4)
    ]
    assert codes == [0, 0, 0, 45009]
    assert (await sim.call("externalcontact/cancel_groupmsg_send", {"msgid": made["msgid"]}))["errcode"] == 0
    with pytest.raises(NotPossibleError):
        sim.running.hands.outreach.send_group("lina", made["msgid"])


async def test_what_no_task_can_be_made_of_is_refused(sim):
    """No customer of his, no sender, too long, no permission, just being dispatched."""
    (one,) = await friends(sim, 1)
    assert (await task(sim, "wmstranger"))["errcode"] == 41048
    assert (await task(sim, one.id, sender="nobody"))["errcode"] == 60111
    assert (await task(sim, one.id, text={"content": "好" * 1334}))["errcode"] == 45002
    made = await task(sim, one.id)
    sim.world.faults.turn_on("group_dispatching", times=1)
    body = {"msgid": made["msgid"]}
    codes = [(await sim.call("externalcontact/get_groupmsg_task", body))["errcode"] for _ in range(2)]
    assert codes == [41063, 0]
    sim.world.app.customer_contact = False
    assert (await task(sim, one.id))["errcode"] == 84074


async def pull(sim, cursor="", token="", **more):
    body = {"open_kfid": sim.world.service.open_kfid, "cursor": cursor, "token": token, "limit": 1000}
    return await sim.call("kf/sync_msg", body | more)


async def say(sim, customer, words="你好"):
    sim.running.hands.outreach.say(customer.id, words)
    await sim.driver.settled()
    return sim.app.events("kf_msg_or_event")[-1]


async def answer(sim, customer, **parts):
    body = {"touser": customer.id, "open_kfid": sim.world.service.open_kfid, "msgtype": "text",
            "text": {"content": "您好"}}  # fmt: skip
    return (await sim.call("kf/send_msg", body | parts))["errcode"]


async def test_a_customers_words_are_told_by_a_token_and_pulled_by_a_cursor(sim):
    """The call has no sender and no number; the token is good for ten minutes."""
    customer = sim.driver.meet("赵倩")
    xml = await say(sim, customer)
    assert set(xml) == {"ToUserName", "CreateTime", "MsgType", "Event", "Token", "OpenKfId"}
    page = await pull(sim, token=xml["Token"])
    (row,) = page["msg_list"]
    assert (row["origin"], row["text"]["content"], row["external_userid"]) == (3, "你好", customer.id)
    assert (await pull(sim, page["next_cursor"]))["msg_list"] == []

    sim.world.faults.turn_on("kf_empty_page", times=1)
    page = await pull(sim)
    assert (page["has_more"], page["msg_list"]) == (1, [])
    assert len((await pull(sim, page["next_cursor"]))["msg_list"]) == 1
    passes(sim, minutes=11)
    assert (await pull(sim, token=xml["Token"]))["errcode"] == 95007
    passes(sim, days=4)
    assert (await pull(sim))["msg_list"] == [], "three days are kept"


async def test_five_answers_within_48_hours_of_his_last_words(sim):
    """Then 95001, and 95002; a new message opens it again."""
    customer = sim.driver.meet("赵倩")
    await say(sim, customer)
    assert [await answer(sim, customer, msgid=f"t{n}") for n in range(6)] == [0] * 5 + [95001]
    await say(sim, customer)
    assert await answer(sim, customer, msgid="t1") == 95013
    passes(sim, hours=49)
    assert await answer(sim, customer) == 95002


async def test_while_a_member_has_it_nothing_of_ours_is_taken(sim):
    """95018 until he ends it and the customer writes again; each change is told."""
    customer = sim.driver.meet("赵倩")
    await say(sim, customer)
    body = {"open_kfid": sim.world.service.open_kfid, "external_userid": customer.id}
    given = await sim.call("kf/service_state/trans", body | {"service_state": 3, "servicer_userid": "lina"})
    assert (given["errcode"], await answer(sim, customer)) == (0, 95018)
    sim.running.hands.outreach.answer("lina", customer.id, "我来")
    sim.running.hands.outreach.end("lina", customer.id)
    await sim.driver.settled()
    assert await answer(sim, customer) == 95018
    await say(sim, customer)

    assert await answer(sim, customer) == 0
    rows = (await pull(sim))["msg_list"]
    changes = [row["event"] for row in rows if row["msgtype"] == "event"]
    assert [(one["change_type"], one["new_servicer_userid"]) for one in changes] == [(1, "lina"), (3, "")]


async def test_whoever_enters_is_greeted_once_in_48_hours(sim):
    """By a code that is good for 20 s and one message; who has written is not greeted."""
    customer = sim.driver.meet("赵倩")
    hands = sim.running.hands.outreach
    hands.enter(customer.id, scene="web", scene_param="spring")
    await sim.driver.settled()
    event = (await pull(sim))["msg_list"][-1]["event"]
    assert (event["scene"], event["scene_param"]) == ("web", "spring")
    body = {"code": event["welcome_code"], "msgtype": "text", "text": {"content": "欢迎"}}
    codes = [(await sim.call("kf/send_msg_on_event", body))["errcode"] for _ in range(2)]
    assert codes == [0, 95010]
    hands.enter(customer.id)
    await sim.driver.settled()
    assert "welcome_code" not in (await pull(sim))["msg_list"][-1]["event"]


async def test_what_did_not_arrive_is_told_afterwards(sim):
    """The call was answered with 0; the event names the message and why."""
    customer = sim.driver.meet("赵倩")
    await say(sim, customer)
    sim.running.hands.outreach.refuse(customer.id, refuses=True)
    assert await answer(sim, customer, msgid="t9") == 0
    await sim.driver.settled()
    event = (await pull(sim))["msg_list"][-1]["event"]

    assert (event["event_type"], event["fail_msgid"], event["fail_type"]) == ("msg_send_fail", "t9", 10)
    assert [m.text for m in customer.messages] == ["你好"]
