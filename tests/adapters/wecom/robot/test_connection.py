"""One connection: subscribed once, kept alive by frames, ended for a reason that is told."""

from __future__ import annotations

import asyncio

import pytest

from bot.adapters.wecom.robot.socket import BrokenError, open_socket
from bot.chat.adapter import Closed, Ending
from bot.chat.outbound import SendText
from bot.errors import AnswerLostError, PlatformBusyError
from tests.adapters.wecom.robot.line import (
    BOT_ID,
    BOT_SECRET,
    Hall,
    Line,
    acknowledge,
    event,
    robot,
    serving,
    settle,
    text,
)


async def ended(talk) -> Closed:
    await settle()
    assert talk.running.done()
    return talk.running.result()


async def test_the_first_frame_subscribes_and_none_repeats_it(talk, time):
    await time.pass_(95)

    assert talk.line.heard[0]["body"] == {"bot_id": BOT_ID, "secret": BOT_SECRET}
    assert len(talk.line.of("aibot_subscribe")) == 1


async def test_the_heartbeat_is_a_json_frame_every_half_minute(talk, time):
    """Field problem 19: a ping of WebSocket itself counts for nothing."""
    await time.pass_(29)
    assert talk.line.of("ping") == []
    await time.pass_(62)

    assert len(talk.line.of("ping")) == 3
    assert all(set(frame) == {"cmd", "headers"} for frame in talk.line.of("ping"))


async def test_two_unheard_heartbeats_end_the_connection(talk, time):
    talk.line.answers["ping"] = [None] * 5

    await time.pass_(91)

    assert await ended(talk) == Closed(Ending.DROPPED, "silent")
    assert talk.line.is_closed
    assert len(talk.line.of("ping")) == 2


async def test_one_lost_heartbeat_is_forgiven(talk, time):
    talk.line.answers["ping"] = [None, 0, None, 0]

    await time.pass_(150)

    assert not talk.running.done()


async def test_somebody_elses_subscription_ends_it_for_good(talk):
    """Field problem 11: the platform says so; we close, even if it leaves the old one half open."""
    talk.line.calls_back(event("disconnected_event"))

    assert await ended(talk) == Closed(Ending.KICKED, "disconnected_event")
    assert talk.line.is_closed
    assert talk.hall.kept == []


async def test_not_subscribed_although_the_line_stands_ends_it(talk):
    """Field problem 12: only a new connection helps; what was refused so is tried again."""
    talk.line.answers["aibot_send_msg"] = [846609]

    with pytest.raises(PlatformBusyError):
        await talk.robot.send(SendText(to="mei", text="在吗"))

    assert await ended(talk) == Closed(Ending.DROPPED, "not_subscribed")


async def test_a_heartbeat_that_is_not_subscribed_ends_it(talk, time):
    talk.line.answers["ping"] = [846609]

    await time.pass_(31)

    assert await ended(talk) == Closed(Ending.DROPPED, "not_subscribed")


@pytest.mark.parametrize(
    ("code", "ending"),
    [(40001, Ending.REFUSED), (853000, Ending.REFUSED), (45009, Ending.DROPPED), (-1, Ending.DROPPED)],
)
async def test_a_refused_subscription_tells_whose_fault_it_is(time, code, ending):
    line, hall = Line({"aibot_subscribe": [code]}), Hall()

    closed = await robot(time, [line]).run(hall)

    assert closed == Closed(ending, f"subscribe_{code}")
    assert line.is_closed
    assert hall.opened_times == 0


async def test_an_unanswered_subscription_ends(time):
    line = Line({"aibot_subscribe": [None]})
    running = asyncio.create_task(robot(time, [line]).run(Hall()))

    await time.pass_(6)

    assert running.result() == Closed(Ending.DROPPED, "no_answer_to_subscribe")


async def test_nobody_there_is_told(time):
    assert await robot(time, []).run(Hall()) == Closed(Ending.DROPPED, "unreachable_ClientConnectorError")


async def test_what_is_open_when_the_line_breaks_is_not_known(talk):
    talk.line.answers["aibot_send_msg"] = [None]
    sending = asyncio.create_task(talk.robot.send(SendText(to="mei", text="在吗")))
    await settle()
    talk.line.drop()

    with pytest.raises(AnswerLostError):
        await sending
    assert (await ended(talk)).reason == "closed_1006"


async def test_without_a_connection_nothing_leaves(talk):
    talk.line.drop()
    await settle()

    with pytest.raises(PlatformBusyError):
        await talk.robot.send(SendText(to="mei", text="在吗"))


async def test_an_acknowledgement_that_never_comes_is_lost(talk, time):
    talk.line.answers["aibot_send_msg"] = [None]
    sending = asyncio.create_task(talk.robot.send(SendText(to="mei", text="在吗")))

    await time.pass_(5.1)

    with pytest.raises(AnswerLostError):
        await sending
    assert not talk.running.done()


async def test_frames_of_one_id_go_one_after_another(talk):
    """Field problem 14: a second frame beside the first is refused with 6000."""
    held: list[dict] = []
    talk.line.answers["aibot_respond_msg"] = [held.append] * 2
    connection = talk.robot._connection
    asked = [asyncio.create_task(connection.ask("aibot_respond_msg", "req-1", {"n": n})) for n in (1, 2)]
    await settle()
    assert [frame["body"]["n"] for frame in held] == [1]

    talk.line.say({"headers": {"req_id": "req-1"}, "errcode": 0})
    await settle()
    assert [frame["body"]["n"] for frame in held] == [1, 2]
    talk.line.say({"headers": {"req_id": "req-1"}, "errcode": 0})

    assert [answer.code for answer in await asyncio.gather(*asked)] == [0, 0]
    assert connection._lines == {}


async def test_nonsense_on_the_wire_is_counted_and_passed_over(talk):
    talk.line._to_client.extend(["nonsense", "[1]", '{"cmd":"aibot_new","headers":{}}', '{"errcode":0}'])
    talk.line.calls_back(text("公海"))
    await settle()

    assert len(talk.hall.kept) == 1
    assert talk.hall.counted == [
        ("stream.frame_unreadable", "not_json"),
        ("stream.frame_unreadable", "not_json"),
        ("stream.frame_unknown", "aibot_new"),
        ("stream.frame_unknown", "late_acknowledgement"),
    ]


async def test_stopping_closes_the_connection(talk):
    talk.running.cancel()
    await asyncio.gather(talk.running, return_exceptions=True)

    assert talk.line.is_closed


async def test_a_real_socket_carries_frames_and_tells_its_end():
    frames: list[dict] = []
    async with serving(lambda ws: acknowledge(ws, frames)) as url:
        socket = await open_socket(url)
        await socket.send('{"cmd":"ping","headers":{"req_id":"1"}}')
        assert "errcode" in await socket.receive()
        await socket.close()
        with pytest.raises(BrokenError):
            await socket.send("{}")
        with pytest.raises(BrokenError):
            await socket.receive()
    assert len(frames) == 1

    with pytest.raises(BrokenError, match="ClientConnector"):
        await open_socket("ws://127.0.0.1:1/")
