from __future__ import annotations

import asyncio
import json

import aiohttp


async def test_the_world_is_told_in_one_answer(sim):
    """Everybody, the app with its menu, the form page and the faults."""
    status, world = await sim.sim("GET", "world")

    people = {p["userid"]: p for p in world["people"]}
    assert status == 200
    assert world["corp"]["name"] == "云帆软件"
    assert world["form_url"] == "http://127.0.0.1/form"
    assert people["zhangsan"]["department"] == "华东大区 / 上海组"
    assert people["zhangsan"]["name"] == "张三"
    assert people["chenli"]["role"] == "executive"
    assert people["lina"]["avatar_color"].startswith("#")
    assert len(world["customers"]) == 3
    assert world["faults"]


async def test_a_persons_day_over_http(sim, card):
    """Write, see the card, tap it: what the page does."""
    await sim.sim("POST", "people/zhangsan/text", {"text": "我的线索"})
    await sim.send_card("zhangsan", card())
    _, messages = await sim.sim("GET", "people/zhangsan/messages")
    tapped = await sim.sim("POST", "people/zhangsan/tap", {"message_id": messages[1]["id"], "key": "claim:1"})
    await sim.driver.settled()

    assert [(m["from"], m["kind"]) for m in messages] == [("me", "text"), ("app", "card")]
    assert messages[1]["card"]["main_title"]["title"] == "新线索 L1"
    assert messages[1]["task_id"] == "lead-1-v1"
    assert tapped == (200, {"card_state": "loading"})
    assert sim.app.deliveries[-1].xml["EventKey"] == "claim:1"
    assert (await sim.sim("GET", "people/zhangsan/messages"))[1][1]["card_state"] == "loading"


async def test_a_button_with_a_url_opens_it(sim, card):
    """No callback: the page opens the address."""
    await sim.send_card("lina", card(button_list=[{"text": "看", "type": 1, "url": "https://example.com/x"}]))
    message = sim.driver.messages("lina")[0]

    answer = await sim.sim(
        "POST", "people/lina/tap", {"message_id": message.id, "key": "https://example.com/x"}
    )
    await sim.driver.settled()

    assert answer == (200, {"url": "https://example.com/x"})
    assert sim.app.deliveries == []


async def test_what_cannot_be_done_is_said(sim):
    """409 with a sentence, 400 for a body that is not JSON."""
    assert (await sim.sim("POST", "people/ghost/text", {"text": "x"}))[0] == 409
    status, error = await sim.sim("POST", "people/lina/tap", {"message_id": "m0", "key": "k"})
    assert status == 409
    assert "卡片" in error["message"]
    assert (await sim.sim("POST", "people/lina/menu", {"key": "none"}))[0] == 409
    assert (await sim.sim("POST", "people/lina/text", {}))[0] == 409
    assert (await sim.sim("POST", "customers/none/scan", {"url": "http://x"}))[0] == 409
    async with sim.http.post(f"{sim.running.base_url}/sim/api/faults", data=b"{") as response:
        assert response.status == 400


async def test_joining_and_leaving_over_http(sim):
    """POST people and DELETE people/{userid}."""
    status, person = await sim.sim("POST", "people", {"name": "何新", "department": "华南大区.深圳组"})
    gone = await sim.sim("DELETE", f"people/{person['userid']}")
    await sim.driver.settled()

    assert (status, person["department"]) == (200, "华南大区 / 深圳组")
    assert gone[0] == 200
    assert person["userid"] not in sim.world.people


async def test_a_customer_scans_over_http(sim):
    """By the address of the picture; then sees the welcome, and deletes the member."""
    way = await sim.call(
        "externalcontact/add_contact_way", {"type": 1, "scene": 2, "user": ["lina"], "state": "lead:7"}
    )
    _, customer = await sim.sim("POST", "customers", {"name": "Emma"})
    scanned = await sim.sim("POST", f"customers/{customer['id']}/scan", {"url": way["qr_code"]})
    await sim.driver.settled()
    code = sim.app.deliveries[0].xml["WelcomeCode"]
    await sim.call("externalcontact/send_welcome_msg", {"welcome_code": code, "text": {"content": "您好"}})
    _, messages = await sim.sim("GET", f"customers/{customer['id']}/messages")
    _, ways = await sim.sim("GET", "contact_ways")
    await sim.sim("POST", f"customers/{customer['id']}/delete", {"userid": "lina"})
    await sim.driver.settled()

    assert scanned == (200, {"userid": "lina", "name": "李娜", "confirmed": True})
    assert (messages[0]["from"], messages[0]["text"], messages[0]["name"]) == ("member", "您好", "李娜")
    assert ways[0]["state"] == "lead:7"
    assert sim.app.deliveries[-1].xml["ChangeType"] == "del_follow_user"


async def test_the_wire_log_shows_both_directions_and_no_secret(sim):
    """Calls and callbacks with bodies; the token and the secret are masked."""
    await sim.driver.say("lina", "帮助")
    await sim.send("lina")
    _, entries = await sim.sim("GET", "wire?after=0")
    _, later = await sim.sim("GET", f"wire?after={entries[0]['seq']}")

    whole = json.dumps(entries)
    assert [e["direction"] for e in entries] == ["callback", "call", "call"]
    assert "帮助" in entries[0]["request"]
    assert entries[2]["path"] == "message/send"
    assert entries[2]["errcode"] == 0
    assert entries[2]["request"]["body"]["text"]["content"] == "你好"
    assert sim.token not in whole
    assert sim.app.secrets.secret not in whole
    assert len(later) == 2


async def test_events_are_streamed(sim, card):
    """A message, its card's changes and the wire reach a watcher as they happen."""
    seen = []

    async def watch():
        async with sim.http.get(f"{sim.running.base_url}/sim/api/events") as response:
            assert response.content_type == "text/event-stream"
            started.set()
            async for line in response.content:
                if line.startswith(b"data: "):
                    seen.append(json.loads(line[6:]))
                if sum(event["type"] == "card" for event in seen):
                    return

    started = asyncio.Event()
    watching = asyncio.create_task(watch())
    await started.wait()
    await sim.send_card("lina", card())
    await sim.driver.tap("lina", "领取")
    await asyncio.wait_for(watching, 3)

    message = next(e for e in seen if e["type"] == "message")
    turned = next(e for e in seen if e["type"] == "card")
    assert message["userid"] == "lina"
    assert message["message"]["card"]["task_id"] == "lead-1-v1"
    assert turned["message"]["card_state"] == "loading"
    assert any(e["type"] == "wire" for e in seen)


async def test_a_callback_address_is_saved_over_http(sim):
    """The check runs; the answer says whether it passed."""
    good = await sim.sim("POST", "callback", {"url": sim.app.url})
    bad = await sim.sim("POST", "callback", {"url": "http://127.0.0.1:9/nobody"})

    assert good == (200, {"verified": True})
    assert bad == (200, {"verified": False})
    assert sim.world.app.callback_url == sim.app.url


async def test_stopping_lets_a_watcher_go(sim):
    """An open event stream does not keep the simulator alive."""
    async with (
        aiohttp.ClientSession() as http,
        http.get(f"{sim.running.base_url}/sim/api/events") as response,
    ):
        await response.content.readline()
        await asyncio.wait_for(sim.running.stop(), 3)
