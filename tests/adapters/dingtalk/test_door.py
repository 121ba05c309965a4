"""The three addresses over HTTP: kept and committed, then answered with what each of them wants to read."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer

from bot.chat.inbound import Delivery
from bot.store import inbox
from bot.web import server
from bot.web.callbacks import Callbacks
from bot.web.health import Health
from tests.adapters.dingtalk.platform import (
    BOX,
    NOW,
    adapter,
    card_delivery,
    event_delivery,
    message,
    robot_delivery,
    tap,
)


@pytest.fixture
async def client(lite, vault, clock) -> AsyncIterator[TestClient]:
    clock.now = NOW
    built = adapter()
    callbacks = Callbacks(adapter=built, store=lite, vault=vault, clock=clock, wake=lambda: None)
    app = server.build(callbacks={"dingtalk": callbacks}, health=Health(store=lite, clock=clock))
    opened = TestClient(TestServer(app))
    await opened.start_server()
    yield opened
    await opened.close()
    await built.close()


async def sent(client: TestClient, delivery: Delivery, path: str = "") -> tuple[int, bytes, str]:
    answer = await client.post(
        f"/callback/dingtalk/{path or delivery.path}", params=dict(delivery.query), data=delivery.body,
        headers=dict(delivery.headers),
    )  # fmt: skip
    return answer.status, await answer.read(), answer.content_type


async def test_a_message_is_kept_and_answered_with_silence(client, lite):
    status, body, kind = await sent(client, robot_delivery(message()))

    assert (status, json.loads(body), kind) == (200, {"msgtype": "empty"}, "application/json")
    assert await lite.write(inbox.counts) == {"pending": 1}


async def test_an_event_is_kept_and_answered_with_success_sealed(client, lite):
    status, body, _ = await sent(client, event_delivery({"EventType": "user_add_org", "eventId": "e1"}))

    reply = json.loads(body)
    opened = BOX.open(
        timestamp=reply["timeStamp"], nonce=reply["nonce"], signature=reply["msg_signature"],
        encrypted=reply["encrypt"],
    )  # fmt: skip
    assert (status, opened) == (200, b"success")
    assert await lite.write(inbox.counts) == {"pending": 1}


async def test_a_tap_nobody_answers_in_time_is_answered_empty(client, lite):
    """Within two seconds, as JSON and without an envelope; the card changes by its key then."""
    status, body, kind = await sent(client, card_delivery(tap()))

    assert (status, json.loads(body), kind) == (200, {}, "application/json")
    assert await lite.write(inbox.counts) == {"pending": 1}


async def test_a_repeat_is_answered_alike_and_kept_once(client, lite):
    for _ in range(3):
        assert (await sent(client, robot_delivery(message())))[0] == 200

    assert await lite.write(inbox.counts) == {"pending": 1}


async def test_whatever_is_not_genuine_is_one_empty_401(client, lite):
    bad = (
        robot_delivery(message(), secret="guessed"),
        robot_delivery(message(), at=NOW - timedelta(hours=2)),
        card_delivery(tap(), secret="guessed"),
    )
    for delivery in bad:
        assert (await sent(client, delivery))[:2] == (401, b"")
    assert (await sent(client, robot_delivery(message()), "card"))[:2] == (401, b"")
    assert await lite.write(inbox.counts) == {}


@pytest.mark.parametrize("path", ["robots", "robot/x", "Robot", "event.json"])
async def test_there_is_no_other_address(client, path):
    assert (await sent(client, robot_delivery(message()), path))[0] == 404
