from __future__ import annotations

import asyncio

import aiohttp
import pytest


async def test_a_connection_subscribes_and_is_online(sim, connect):
    """The acknowledgement bears the req_id and no cmd."""
    program = await connect()

    ack = await program.subscribe()

    assert ack == {"headers": {"req_id": "aibot_subscribe_1"}, "errcode": 0, "errmsg": "ok"}
    assert sim.running.hands.robot.line.is_online
    assert (await sim.sim("GET", "robot"))[1]["online"] is True


@pytest.mark.parametrize(("wrong", "code"), [({"bot_id": "x"}, 93019), ({"secret": "x"}, 40001)])
async def test_wrong_credentials_are_refused(sim, connect, wrong, code):
    """And the connection stays deaf."""
    program = await connect()

    assert (await program.subscribe(**wrong))["errcode"] == code
    assert not sim.running.hands.robot.line.is_online
    assert (await program.send("ping"))["errcode"] == 846609


async def test_subscribing_is_protected(connect):
    """Above sixty tries a minute, or again on the same connection: 45009."""
    program = await connect()
    await program.subscribe()

    again = await program.subscribe()
    codes = [(await program.subscribe(secret="x"))["errcode"] for _ in range(60)]

    assert again["errcode"] == 45009
    assert codes[0] == 40001
    assert codes[-1] == 45009


async def test_nothing_is_done_before_subscribing(connect):
    """846609 for every command."""
    program = await connect()

    assert (await program.send("ping"))["errcode"] == 846609
    assert (await program.push("zhangsan"))["errcode"] == 846609


async def test_a_ping_is_acknowledged(program):
    """A JSON frame like any other."""
    assert (await program.send("ping"))["errcode"] == 0


async def test_what_is_no_frame_is_only_logged(sim, program):
    """Broken JSON, a list, a frame without headers: the connection lives on."""
    for raw in ("{", "[]", '{"cmd":"ping"}', "1"):
        await program.ws.send_str(raw)
    assert (await program.send("ping"))["errcode"] == 0
    assert [e.note for e in sim.world.wire.after(0) if e.path == "?"] == ["not a frame"] * 4


async def test_a_second_connection_replaces_the_first(connect, program, people):
    """The old one is told and closed; what people write reaches the new one."""
    second = await connect()
    await second.subscribe()

    told = await program.heard()
    await program.closed()
    people.write("lina", "在吗")

    assert told["cmd"] == "aibot_event_callback"
    assert told["body"]["event"] == {"eventtype": "disconnected_event"}
    assert (await second.heard())["body"]["text"] == {"content": "在吗"}


async def test_a_replaced_connection_may_stay_half_open(sim, connect, program):
    """It is told, but neither closed nor heard any more."""
    sim.world.faults.turn_on("robot_half_open")
    second = await connect()
    await second.subscribe()

    await program.heard()

    assert (await program.send("ping"))["errcode"] == 846609
    assert (await second.send("ping"))["errcode"] == 0


async def test_kicking_can_be_switched(sim, program):
    """The switch throws the connection out once and goes off."""
    await sim.sim("POST", "faults", {"robot_kicked": True})

    told = await program.heard()
    await program.closed()

    assert told["body"]["event"]["eventtype"] == "disconnected_event"
    assert "robot_kicked" not in sim.world.faults.active
    assert not sim.running.hands.robot.line.is_online


async def test_the_connection_can_be_cut(sim, connect, program):
    """It breaks without a word, nobody connects meanwhile, and afterwards it works again."""
    sim.world.faults.turn_on("robot_cut")
    await program.closed()
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await connect()

    sim.world.faults.turn_off("robot_cut")

    assert refused.value.status == 503
    assert (await (await connect()).subscribe())["errcode"] == 0


async def test_a_second_frame_under_a_busy_req_id_is_6000(sim, program, asked):
    """The first is done, the second is not."""
    sim.world.faults.turn_on("robot_slow", value=0.2)
    req_id = asked["headers"]["req_id"]
    for content in ("一", "一二"):
        body = {"msgtype": "stream", "stream": {"id": "s", "content": content}}
        await program.throw("aibot_respond_msg", body, req_id)

    codes = [(await program.acked(req_id))["errcode"] for _ in range(2)]

    assert codes == [6000, 0]
    assert sim.running.hands.robot.posts("zhangsan")[-1]["text"] == "一"


@pytest.mark.parametrize(
    ("fault", "code"), [("robot_busy", -1), ("robot_frequency", 45009), ("robot_unsubscribed", 846609)]
)
async def test_refusals_can_be_switched_on(sim, program, asked, fault, code):
    """As often as asked, with nothing done."""
    sim.world.faults.turn_on(fault, times=1)

    codes = [(await program.stream(asked, "好", id=f"s{n}"))["errcode"] for n in range(2)]

    assert codes == [code, 0]
    assert [p["kind"] for p in sim.running.hands.robot.posts("zhangsan")] == ["text", "stream"]


async def test_an_acknowledgement_can_be_lost(sim, program, asked):
    """The message is there, the caller hears nothing."""
    sim.world.faults.turn_on("robot_lost_ack", times=1)
    body = {"msgtype": "markdown", "markdown": {"content": "在"}}
    await program.throw("aibot_respond_msg", body, asked["headers"]["req_id"])

    assert (await program.send("ping"))["errcode"] == 0
    await sim.driver.until(lambda: len(sim.running.hands.robot.posts("zhangsan")) == 2)
    assert any("lost after acting" in e.note for e in sim.world.wire.after(0))


async def test_pongs_can_fail_to_come(sim, program):
    """Two pings, no answer; the third is answered."""
    sim.world.faults.turn_on("robot_no_pong", times=2)
    lost = [await program.throw("ping") for _ in range(2)]

    assert (await program.send("ping"))["errcode"] == 0
    assert not any(program._acks.get(req_id) for req_id in lost)


async def test_the_wire_log_shows_frames_with_secrets_masked(sim, program, asked):
    """Both directions, under the name of the command."""
    entries = [e for e in sim.world.wire.after(0) if e.method == "WS"]

    assert [(e.direction, e.path) for e in entries] == [
        ("call", "aibot_subscribe"),
        ("callback", "aibot_msg_callback"),
    ]
    assert sim.app.secrets.bot_secret not in str(entries)


async def test_an_unknown_command_is_refused(program):
    """40058, with its name."""
    ack = await program.send("aibot_fly", {})

    assert ack["errcode"] == 40058
    assert "aibot_fly" in ack["errmsg"]


async def test_a_stopped_simulator_lets_connections_go(sim, program):
    """So that a demo ends at once."""
    async with asyncio.timeout(10):
        await asyncio.gather(sim.running.stop(), program.closed())
