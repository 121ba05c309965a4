from __future__ import annotations

import aiohttp
import pytest


async def test_an_answer_can_be_lost_after_acting(sim):
    """The message is there, the caller sees a broken connection."""
    await sim.fresh_token()
    sim.world.faults.turn_on("lost_answer", times=1, path="message/send")

    with pytest.raises(aiohttp.ClientError):
        await sim.send("zhangsan")

    assert sim.driver.texts("zhangsan") == ["你好"]
    assert (await sim.send("zhangsan"))["errcode"] == 0


async def test_a_call_can_be_dropped_before_acting(sim):
    """The same broken connection, and nothing was done."""
    await sim.fresh_token()
    sim.world.faults.turn_on("drop", times=1, path="message/send")

    with pytest.raises(aiohttp.ClientError):
        await sim.send("zhangsan")

    assert sim.driver.messages("zhangsan") == []


@pytest.mark.parametrize(
    ("kind", "code"),
    [("busy", -1), ("frequency", 45009), ("ip_not_trusted", 60020), ("no_permission", 48002)],
)
async def test_refusals_can_be_switched_on(sim, kind, code):
    """Each with HTTP 200 and its code, for as many calls as asked, and nothing done."""
    await sim.fresh_token()
    sim.world.faults.turn_on(kind, times=2)

    codes = [(await sim.send("zhangsan"))["errcode"] for _ in range(3)]

    assert codes == [code, code, 0]
    assert len(sim.driver.messages("zhangsan")) == 1


async def test_an_untrusted_address_is_named_in_errmsg(sim):
    """60020 says from which address the call came."""
    await sim.fresh_token()
    sim.world.faults.turn_on("ip_not_trusted")

    assert "from ip: 127.0.0.1" in (await sim.send("zhangsan"))["errmsg"]


async def test_the_server_can_fail(sim):
    """HTTP 500 with a page that is not JSON."""
    sim.world.faults.turn_on("http_500", times=1)

    async with sim.http.get(f"{sim.running.base_url}/cgi-bin/gettoken") as response:
        assert response.status == 500
        assert "<html>" in await response.text()


async def test_slowness_waits_and_then_works(sim):
    """value is in seconds."""
    await sim.fresh_token()
    sim.world.faults.turn_on("slow", times=1, value=0.2)

    assert (await sim.send("zhangsan"))["errcode"] == 0
    assert sim.world.wire.after(0)[-1].ms >= 200


async def test_faults_are_switched_over_http(sim):
    """true, false, a count, or details; an unknown one is refused with the list."""
    status, faults = await sim.sim("POST", "faults", {"busy": 1, "slow": {"value": 2, "path": "user/"}})
    on = {fault["kind"]: fault for fault in faults if fault["on"]}

    assert status == 200
    assert on["busy"]["times"] == 1
    assert (on["slow"]["value"], on["slow"]["path"]) == (2, "user/")
    assert (await sim.sim("POST", "faults", {"slow": False}))[1][0]["on"] is False
    status, error = await sim.sim("POST", "faults", {"volcano": True})
    assert status == 400
    assert "callback_duplicate" in error["message"]
    assert (await sim.sim("POST", "faults", {"busy": {"colour": 1}}))[0] == 400
    assert (await sim.sim("POST", "faults", {"busy": {"times": "x"}}))[0] == 400


async def test_deliveries_can_be_paused(sim):
    """Nothing is sent while it is on; what happened meanwhile is delivered afterwards."""
    sim.world.faults.turn_on("callback_pause")
    waiting = [sim.driver.hands.members.write("lina", words) for words in ("一", "二")]
    await sim.fresh_token()
    assert sim.app.deliveries == []
    sim.world.faults.turn_off("callback_pause")

    assert all([await one for one in waiting])
    assert {d.xml["Content"] for d in sim.app.deliveries} == {"一", "二"}


async def test_a_welcome_can_come_too_late(sim):
    """41050, and nobody is greeted; the code itself is still good."""
    way = (await sim.call("externalcontact/add_contact_way", {"type": 1, "scene": 2, "user": ["lina"]}))[
        "config_id"
    ]
    customer = sim.driver.meet("客户")
    sim.driver.scan(customer, way)
    await sim.driver.settled()
    code = sim.app.deliveries[-1].xml["WelcomeCode"]
    sim.world.faults.turn_on("welcome_code_late", times=1)
    body = {"welcome_code": code, "text": {"content": "您好"}}

    codes = [(await sim.call("externalcontact/send_welcome_msg", body))["errcode"] for _ in range(2)]

    assert codes == [41050, 0]
    assert len(sim.driver.customer_messages(customer)) == 1


async def test_watchers_hear_of_a_fault_that_is_used_up(sim):
    """So that the page's switch goes off by itself."""
    sim.world.faults.turn_on("busy", times=1)
    with sim.world.bus.watch() as happened:
        await sim.call("gettoken", corpid="x", corpsecret="y")
        assert {"type": "world"} in [happened.get_nowait() for _ in range(happened.qsize())]


async def test_the_guide_is_ticked_and_begun_again(sim):
    """What is done adds up; a list of other things is refused."""
    await sim.sim("POST", "guide", {"done": [0, 2]})
    assert await sim.sim("POST", "guide", {"done": [1]}) == (200, {"done": [0, 1, 2]})
    assert (await sim.sim("GET", "world"))[1]["guide"] == [0, 1, 2]
    assert await sim.sim("POST", "guide", {"done": [], "again": True}) == (200, {"done": []})
    assert (await sim.sim("POST", "guide", {"done": ["x"]}))[0] == 409
