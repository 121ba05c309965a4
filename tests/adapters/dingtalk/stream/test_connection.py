"""One connection: kept before it is acknowledged, acknowledged where it came from, ended for a reason."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest

from bot.adapters.dingtalk.decode import decode
from bot.adapters.dingtalk.stream.connection import DRAIN_S, IDLE_S, LIFE_S
from bot.adapters.dingtalk.taps import ANSWER_S, Taps
from bot.chat.adapter import Closed, Ending
from bot.chat.inbound import Accepted, Message, Tap
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError
from tests.adapters.dingtalk.platform import message, tap
from tests.adapters.dingtalk.stream.gateway import CARD, ROBOT, Gateway, Hall, Line, frame, gate
from tests.worlds.loop import run


@dataclass
class Talk:
    """A stream that is connected."""

    gateway: Gateway
    hall: Hall
    taps: Taps
    heard: list[Accepted]
    running: asyncio.Task[Closed]

    @property
    def line(self) -> Line:
        return self.gateway.lines[-1]

    async def said(self, told, seconds: float = 0.5) -> list:
        """Say something, let time pass, and give what was acknowledged since."""
        before = len(self.line.heard)
        self.line.say(told)
        await asyncio.sleep(seconds)
        return self.line.acks()[before:]


def connected(test: Callable[[Talk], Awaitable[None]]) -> None:
    async def main(_loop) -> None:
        gateway, hall, taps, heard = Gateway(), Hall(), Taps(), []
        running = asyncio.create_task(gate(gateway, taps, heard).run(hall))
        await asyncio.sleep(0.1)
        assert hall.opened_times == 1
        try:
            await test(Talk(gateway, hall, taps, heard, running))
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)

    run(1, main)


def test_it_asks_for_events_messages_and_taps_and_the_ticket_is_spelled_for_an_address():
    async def test(talk: Talk) -> None:
        topics = {(one["type"], one["topic"]) for one in talk.gateway.asked[0]}
        assert topics == {("EVENT", "*"), ("CALLBACK", ROBOT), ("CALLBACK", CARD)}
        assert talk.gateway.tickets == set()

    connected(test)


def test_a_message_is_kept_and_then_acknowledged():
    async def test(talk: Talk) -> None:
        talk.hall.before_keep = lambda _: talk.line.heard and pytest.fail("acknowledged before it was kept")

        acks = await talk.said(frame("CALLBACK", ROBOT, message("公海"), "m7"))

        assert acks == [("m7", 200, {"response": None})]
        found = decode(talk.hall.kept[0].body)
        assert isinstance(found, Message)
        assert [one.key for one in talk.heard] == ["msg:msgA=="]

    connected(test)


def test_what_is_not_kept_is_not_acknowledged():
    """So that the gateway brings it again."""

    async def test(talk: Talk) -> None:
        talk.hall.is_busy = True

        assert await talk.said(frame("CALLBACK", ROBOT, message())) == []
        assert ("stream.callback_lost", "StoreBusyError") in talk.hall.counted

    connected(test)


def test_an_event_is_acknowledged_with_how_it_fared():
    async def test(talk: Talk) -> None:
        told = frame("EVENT", "dingTalk", {"userId": ["a"]}, "m1", eventType="user_leave_org", eventId="e1")
        assert await talk.said(told) == [("m1", 200, {"status": "SUCCESS"})]
        talk.hall.is_busy = True
        assert await talk.said(told) == [("m1", 200, {"status": "LATER"})]
        assert [one.key for one in talk.hall.kept] == ["event:e1"]

    connected(test)


def test_headers_may_be_spelled_in_the_singular():
    async def test(talk: Talk) -> None:
        told = frame("EVENT", "*", {}, "m1", eventType="chat_quit", eventId="e1")
        told["header"] = told.pop("headers")

        assert await talk.said(told) == [("m1", 200, {"status": "SUCCESS"})]

    connected(test)


def test_a_ping_is_echoed():
    async def test(talk: Talk) -> None:
        assert await talk.said(frame("SYSTEM", "ping", {"opaque": "x-1"}, "m3")) == [
            ("m3", 200, {"opaque": "x-1"})
        ]

    connected(test)


@pytest.mark.parametrize("topic", ["CONNECTED", "REGISTERED", "KEEPALIVE"])
def test_other_words_of_the_system_are_taken(topic):
    async def test(talk: Talk) -> None:
        acks = await talk.said(frame("SYSTEM", topic, "", "m3"))
        assert [(of, code) for of, code, _ in acks] == [("m3", 200)]

    connected(test)


@pytest.mark.parametrize(
    ("kind", "topic"), [("CALLBACK", "/v1.0/graph/api/invoke"), ("CALLBACK", ""), ("NEWS", ROBOT), ("", "")]
)
def test_an_unknown_topic_is_acknowledged_as_not_found(kind, topic):
    """Unanswered, the gateway would bring it again for ever."""

    async def test(talk: Talk) -> None:
        acks = await talk.said(frame(kind, topic, {"a": 1}, "m9"))

        assert [(of, code) for of, code, _ in acks] == [("m9", 404)]
        assert ("stream.frame_unknown", f"{kind} {topic}") in talk.hall.counted
        assert talk.hall.kept == []

    connected(test)


@pytest.mark.parametrize("raw", ["", "nonsense", "[]", "5", '{"headers": 5}'])
def test_what_is_no_frame_is_counted(raw):
    async def test(talk: Talk) -> None:
        assert await talk.said(raw) == []
        assert ("stream.frame_unreadable", "not_json") in talk.hall.counted
        assert not talk.running.done()

    connected(test)


@pytest.mark.parametrize(("kind", "topic"), [("CALLBACK", ROBOT), ("CALLBACK", CARD), ("EVENT", "*")])
@pytest.mark.parametrize("data", ["{", "[]", '"x"'])
def test_data_that_is_no_object_is_said_to_be_bad(kind, topic, data):
    async def test(talk: Talk) -> None:
        acks = await talk.said(frame(kind, topic, data, "m2"))

        assert [(of, code) for of, code, _ in acks] == [("m2", 400)]

    connected(test)


def test_a_message_over_the_quota_is_counted_kept_and_acknowledged():
    async def test(talk: Talk) -> None:
        over = {k: v for k, v in message().items() if k != "text"} | {"errorCode": 20001}

        assert await talk.said(frame("CALLBACK", ROBOT, over, "m1")) == [("m1", 200, {"response": None})]
        assert ("platform.over_quota", "pushes") in talk.hall.counted
        assert len(talk.hall.kept) == 1

    connected(test)


def test_the_changed_card_is_the_answer_to_the_tap():
    async def test(talk: Talk) -> None:
        answered = []

        async def answer(accepted: Accepted) -> None:
            found = decode(accepted.body)
            assert isinstance(found, Tap)
            assert talk.taps.user_of(found.update_code) == "0254571"
            answered.append(await talk.taps.answer(found.update_code, {"cardData": 1}))
            assert talk.taps.rides_to(found.update_code) == "0254571"

        tasks = []
        talk.hall.before_keep = lambda accepted: tasks.append(asyncio.create_task(answer(accepted)))

        acks = await talk.said(frame("CALLBACK", CARD, tap(), "m4"))
        await asyncio.gather(*tasks)

        assert acks == [("m4", 200, {"response": {"cardData": 1}})]
        assert answered == [True]

    connected(test)


def test_a_tap_nobody_answers_in_time_is_acknowledged_empty():
    """Two seconds are all there are; the card changes by its key then."""

    async def test(talk: Talk) -> None:
        assert await talk.said(frame("CALLBACK", CARD, tap(), "m4"), ANSWER_S - 0.1) == []
        await asyncio.sleep(0.2)

        assert talk.line.acks() == [("m4", 200, {"response": {}})]
        code = decode(talk.hall.kept[0].body).update_code
        assert not await talk.taps.answer(code, {"cardData": 1})
        assert talk.taps.rides_to(code) is None

    connected(test)


def test_a_tap_that_is_not_kept_is_answered_as_failed():
    async def test(talk: Talk) -> None:
        talk.hall.is_busy = True

        assert await talk.said(frame("CALLBACK", CARD, tap(), "m4")) == [("m4", 500, {"response": {}})]

    connected(test)


def test_an_answer_that_could_not_leave_is_told_so():
    """Whoever has the card then changes it by its key."""

    async def test(talk: Talk) -> None:
        answers: list[bool] = []

        async def answer(accepted: Accepted) -> None:
            talk.line.drop()
            answers.append(await talk.taps.answer(decode(accepted.body).update_code, {"cardData": 1}))

        tasks = []
        talk.hall.before_keep = lambda accepted: tasks.append(asyncio.create_task(answer(accepted)))
        talk.line.say(frame("CALLBACK", CARD, tap(), "m4"))
        await asyncio.sleep(3)
        await asyncio.gather(*tasks)

        assert answers == [False]
        assert ("stream.ack_lost", "closed") in talk.hall.counted

    connected(test)


def test_a_goodbye_gives_way_at_once_and_what_is_under_way_is_acknowledged_where_it_came_from():
    async def test(talk: Talk) -> None:
        talk.hall.keeps_for = 3.0
        talk.line.say(frame("CALLBACK", ROBOT, message(), "m1"))
        await asyncio.sleep(0.1)
        old = talk.line
        old.disconnect()
        await asyncio.sleep(0.1)

        assert talk.running.result() == Closed(Ending.LEAVING, "disconnect")
        assert not old.is_closed
        await asyncio.sleep(4)
        assert old.acks() == [("m1", 200, {"response": None})]
        await asyncio.sleep(DRAIN_S)
        assert old.is_closed

    connected(test)


def test_what_still_comes_to_an_old_connection_is_served():
    async def test(talk: Talk) -> None:
        old = talk.line
        old.say(frame("SYSTEM", "disconnect", {"reason": "x"}))
        await asyncio.sleep(1)
        old.say(frame("CALLBACK", ROBOT, message(), "m1"))
        await asyncio.sleep(1)

        assert old.acks() == [("m1", 200, {"response": None})]

    connected(test)


def test_silence_for_minutes_opens_another_beside_it():
    """Field problem 4: a socket that stands, answers pings, and brings nothing."""

    async def test(talk: Talk) -> None:
        await asyncio.sleep(IDLE_S - 60)
        talk.line.say(frame("SYSTEM", "ping", {"opaque": "1"}))
        await asyncio.sleep(IDLE_S - 60)
        assert not talk.running.done()
        await asyncio.sleep(70)

        assert talk.running.result() == Closed(Ending.LEAVING, "idle")

    connected(test)


def test_no_connection_grows_older_than_six_hours():
    async def test(talk: Talk) -> None:
        for _ in range(int(LIFE_S / 200) + 1):
            talk.line.say(frame("SYSTEM", "ping", {"opaque": "1"}))
            await asyncio.sleep(200)

        assert talk.running.result() == Closed(Ending.LEAVING, "old")

    connected(test)


@pytest.mark.parametrize("reason", ["closed_1000", "closed_1006", "error"])
def test_an_end_is_told_and_the_socket_closed(reason):
    async def test(talk: Talk) -> None:
        talk.line.drop(reason)
        await asyncio.sleep(0.1)

        assert talk.running.result() == Closed(Ending.DROPPED, reason)
        assert talk.line.is_left

    connected(test)


def test_cancelled_it_closes_and_keeps_what_was_taken_off_the_wire():
    async def test(talk: Talk) -> None:
        talk.hall.keeps_for = 0.5
        talk.line.say(frame("CALLBACK", ROBOT, message(), "m1"))
        await asyncio.sleep(0.1)
        talk.running.cancel()
        await asyncio.gather(talk.running, return_exceptions=True)

        assert talk.line.is_left
        assert len(talk.hall.kept) == 1
        assert talk.line.acks() == [("m1", 200, {"response": None})]

    connected(test)


@pytest.mark.parametrize(
    ("refusal", "ending"),
    [
        (
            PlatformRejectedError("dingtalk", "authFailed", "鉴权失败"),
            Closed(Ending.REFUSED, "gateway_authFailed"),
        ),
        (PlatformRejectedError("dingtalk", "strange", "x"), Closed(Ending.DROPPED, "gateway_strange")),
        (PlatformBusyError("dingtalk", timedelta(seconds=5)), Closed(Ending.DROPPED, "gateway_busy")),
        (AnswerLostError("dingtalk", "x"), Closed(Ending.DROPPED, "gateway_AnswerLostError")),
    ],
)
def test_a_ticket_that_is_not_given_ends_it(refusal, ending):
    async def main(_loop) -> Closed:
        gateway = Gateway()
        gateway.refusals.append(refusal)
        return await gate(gateway).run(Hall())

    assert run(1, main) == ending


def test_a_place_that_cannot_be_reached_ends_it():
    async def main(_loop) -> Closed:
        gateway = Gateway()
        gateway.unreachable = 1
        return await gate(gateway).run(Hall())

    assert run(1, main) == Closed(Ending.DROPPED, "unreachable_ClientConnectorError")


def test_acknowledgements_are_json_with_json_inside():
    async def test(talk: Talk) -> None:
        await talk.said(frame("CALLBACK", ROBOT, message(), "m7"))

        told = talk.line.heard[0]
        assert set(told) == {"code", "headers", "message", "data"}
        assert told["headers"] == {"messageId": "m7", "contentType": "application/json"}
        assert json.loads(told["data"]) == {"response": None}

    connected(test)
