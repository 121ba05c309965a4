from __future__ import annotations

import asyncio

from wechatpy.enterprise.parser import parse_message


async def test_a_text_arrives_sealed_and_is_opened_by_a_library(sim):
    """wechatpy verifies, decrypts and parses what a member writes."""
    taken = await sim.driver.say("zhangsan", "我的线索 <b>]]> 🌞\x01")

    message = parse_message(sim.app.deliveries[0].plain)
    assert taken
    assert message.type == "text"
    assert message.source == "zhangsan"
    assert message.content == "我的线索 <b>]]> 🌞"
    assert message.agent == sim.app.secrets.agent_id
    assert message.id > 10**17


async def test_an_unanswered_callback_comes_again_three_times(sim):
    """1 + 3 deliveries: fresh nonce and signature, the same plaintext."""
    sim.app.statuses = [500, 401, 302]

    taken = await sim.driver.say("zhangsan", "喂")

    assert taken
    assert len(sim.app.deliveries) == 4
    assert len({d.plain for d in sim.app.deliveries}) == 1
    assert len({d.query["nonce"] for d in sim.app.deliveries}) == 4
    assert len({d.query["msg_signature"] for d in sim.app.deliveries}) == 4


async def test_after_the_fourth_try_it_is_given_up(sim):
    """A bot that is down loses the callback; the person is told that it failed."""
    sim.app.statuses = [500] * 5

    assert not await sim.driver.say("zhangsan", "喂")
    assert len(sim.app.deliveries) == 4
    assert [e.status for e in sim.world.wire.after(0)] == [500] * 4


async def test_a_late_answer_is_no_answer(sim):
    """The connection is dropped at the deadline and the callback sent again."""
    sim.app.delay = 0.6

    taken = await sim.driver.say("zhangsan", "喂")

    assert not taken
    assert len(sim.app.deliveries) == 4
    assert "no answer within" in sim.world.wire.after(0)[0].response


async def test_a_callback_may_come_twice(sim):
    """The fault delivers the same plaintext twice, each with its own nonce."""
    sim.world.faults.turn_on("callback_duplicate", times=1)

    await sim.driver.say("zhangsan", "一次")
    await sim.driver.say("zhangsan", "两次")

    contents = [d.xml["Content"] for d in sim.app.deliveries]
    assert contents == ["一次", "一次", "两次"]
    assert sim.app.deliveries[0].plain == sim.app.deliveries[1].plain


async def test_callbacks_may_overtake_each_other(sim):
    """With the fault on, the first arrives after the second."""
    sim.world.faults.turn_on("callback_out_of_order", times=1)

    first = sim.driver.hands.members.write("zhangsan", "先")
    await asyncio.sleep(0)
    second = sim.driver.hands.members.write("zhangsan", "后")
    await asyncio.gather(first, second)

    assert [d.xml["Content"] for d in sim.app.deliveries] == ["后", "先"]


async def test_a_held_callback_comes_even_if_nothing_overtakes_it(sim):
    """Out of order does not mean lost."""
    sim.world.faults.turn_on("callback_out_of_order", times=1)

    assert await sim.driver.say("zhangsan", "独自")
    assert len(sim.app.deliveries) == 1


async def test_a_callback_may_be_lost(sim):
    """The fault loses it before any delivery, and the wire log says so."""
    sim.world.faults.turn_on("callback_drop", times=1)

    assert not await sim.driver.say("zhangsan", "丢")
    assert sim.app.deliveries == []
    assert "fault" in sim.world.wire.after(0)[0].note


async def test_a_new_address_must_pass_the_check(sim):
    """GET with a sealed echo: only the exact text, in time, is saved."""
    other = sim.app.url + "?x=1"
    sim.world.app.callback_url = ""

    assert await sim.running.hands.set_callback(sim.app.url)
    assert sim.world.app.callback_url == sim.app.url
    assert sim.world.app.callback_verified

    sim.app.echo = '"12345"'
    assert not await sim.running.hands.set_callback(other)
    sim.app.echo, sim.app.delay = None, 0.5
    assert not await sim.running.hands.set_callback(other)
    assert sim.world.app.callback_url == sim.app.url


async def test_every_kind_of_message_reaches_the_app(sim):
    """image, voice, location and link carry their own elements."""
    members = sim.driver.hands.members
    await members.send("lina", "image", {"PicUrl": "http://p", "MediaId": "m1"})
    await members.send("lina", "voice", {"MediaId": "m2", "Format": "amr"})
    location = {
        "Location_X": "31.2",
        "Location_Y": "121.4",
        "Scale": "15",
        "Label": "上海",
        "AppType": "wxwork",
    }
    await members.send("lina", "location", location)
    await members.send(
        "lina", "link", {"Title": "t", "Description": "d", "Url": "http://u", "PicUrl": "http://p"}
    )

    xmls = [d.xml for d in sim.app.deliveries]
    assert [x["MsgType"] for x in xmls] == ["image", "voice", "location", "link"]
    assert xmls[2]["Label"] == "上海"
    assert len({x["MsgId"] for x in xmls}) == 4


async def test_opening_the_app_and_its_menu_are_events(sim):
    """enter_agent, click with the button's key, view with its url."""
    menu = {
        "button": [
            {"name": "我的", "sub_button": [{"type": "click", "name": "我的线索", "key": "leads.mine"}]},
            {"type": "view", "name": "帮助", "url": "https://example.com/help"},
        ]
    }
    await sim.call("menu/create", menu, agentid=sim.app.secrets.agent_id)

    await sim.driver.enter("lina")
    await sim.driver.press_menu("lina", "leads.mine")
    await sim.driver.press_menu("lina", "帮助")

    assert [d.xml["Event"] for d in sim.app.deliveries] == ["enter_agent", "click", "view"]
    assert [d.xml["EventKey"] for d in sim.app.deliveries] == [None, "leads.mine", "https://example.com/help"]


async def test_a_user_id_keeps_its_leading_zero(sim):
    """0254571 is text, not a number."""
    sim.driver.hire("零", "上海组", userid="0254571")
    await sim.driver.settled()

    await sim.driver.say("0254571", "在")

    assert sim.app.deliveries[-1].xml["FromUserName"] == "0254571"


async def test_a_passive_reply_is_not_lost_without_a_word(sim):
    """An answer with a body is taken as delivered, and the wire log says that nobody sees it."""
    sim.app.reply = "<xml></xml>"

    assert await sim.driver.say("lina", "在")
    assert "passive reply" in sim.world.wire.after(0)[0].note
