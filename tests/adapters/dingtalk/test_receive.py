"""Three addresses, each signed in its own way; what is not proved by the signature is checked besides."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.inbound import Delivery
from bot.errors import BadDeliveryError
from bot.kit.dingtalk_box import DingTalkBox
from tests.adapters.dingtalk.platform import (
    AES_KEY,
    BOX,
    CLIENT_ID,
    CORP_ID,
    NOW,
    TOKEN,
    adapter,
    card_delivery,
    event_delivery,
    message,
    robot_delivery,
    tap,
)

EVENT = {"EventType": "user_leave_org", "eventId": "e-1", "CorpId": CORP_ID, "userId": ["015xxxx227"]}


@pytest.fixture
def app():
    return adapter()


def refused(app, delivery: Delivery, *, now=NOW) -> None:
    with pytest.raises(BadDeliveryError):
        app.receive(delivery, now=now)


def test_a_message_is_accepted_and_answered_with_silence(app):
    accepted = app.receive(robot_delivery(message()), now=NOW)

    assert (accepted.key, accepted.lane_key) == ("msg:msgA==", "dingtalk:user:0254571")
    assert json.loads(accepted.answer) == {"msgtype": "empty"}
    assert not accepted.waits


def test_a_tap_is_accepted_and_waits(app):
    accepted = app.receive(card_delivery(tap()), now=NOW)

    assert accepted.lane_key == "dingtalk:user:0254571"
    assert accepted.waits


@pytest.mark.parametrize("name", ["signature", "msg_signature"])
def test_an_event_is_answered_with_success_sealed_anew(app, name):
    """Under either name of its signature, which two pages of the documentation spell differently."""
    accepted = app.receive(event_delivery(EVENT, signature=name), now=NOW)

    reply = json.loads(accepted.answer)
    opened = BOX.open(
        timestamp=reply["timeStamp"], nonce=reply["nonce"], signature=reply["msg_signature"],
        encrypted=reply["encrypt"],
    )  # fmt: skip
    assert opened == b"success"
    assert accepted.key == "event:e-1"


def test_the_first_call_of_the_console_is_answered_alike(app):
    accepted = app.receive(event_delivery({"EventType": "check_url"}), now=NOW)

    assert json.loads(accepted.answer)["encrypt"]


def test_a_signature_of_somebody_else_is_refused(app):
    refused(app, robot_delivery(message(), secret="guessed-secret"))
    refused(app, card_delivery(tap(), secret="guessed-secret"))
    refused(app, event_delivery(EVENT, box=DingTalkBox("guessed", AES_KEY, CLIENT_ID)))
    refused(app, event_delivery(EVENT, box=DingTalkBox(TOKEN, AES_KEY, "dingsomebody")))


@pytest.mark.parametrize("make", [robot_delivery, card_delivery])
@pytest.mark.parametrize("age", [timedelta(hours=1, seconds=1), -timedelta(minutes=6)])
def test_an_hour_is_the_window_of_what_signs_only_the_moment(app, make, age):
    data = message() if make is robot_delivery else tap()

    refused(app, make(data), now=NOW + age)
    assert app.receive(make(data), now=NOW + timedelta(minutes=59)).body


def test_an_event_may_be_late_but_not_a_day(app):
    assert app.receive(event_delivery(EVENT), now=NOW + timedelta(hours=23)).body
    refused(app, event_delivery(EVENT), now=NOW + timedelta(hours=25))


@pytest.mark.parametrize(
    "changes",
    [{"robotCode": "dingother"}, {"robotCode": ["x"]}, {"chatbotCorpId": "dingother"}, {"msgId": ""}],
)
def test_a_body_that_names_another_robot_is_refused(app, changes):
    """Nothing in the body is signed: it has to be ours by what it says."""
    refused(app, robot_delivery(message(**changes)))


def test_a_tap_or_event_of_another_company_is_refused(app):
    refused(app, card_delivery({**tap(), "corpId": "dingother"}))
    refused(app, event_delivery({**EVENT, "CorpId": "dingother"}))


@pytest.mark.parametrize("path", ["", "robots", "event/x", "ROBOT"])
def test_other_addresses_are_refused(app, path):
    refused(app, replace(robot_delivery(message()), path=path))


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null", b'"x"', b"\xff", b'{"encrypt": 5}'])
@pytest.mark.parametrize("good", [robot_delivery(message()), card_delivery(tap()), event_delivery(EVENT)])
def test_a_body_that_is_no_object_is_refused(app, good, body):
    delivery = replace(good, body=body)
    if body == b'{"encrypt": 5}' and good.path == "card":
        # An object: it is genuine, and means nothing.
        assert app.receive(delivery, now=NOW).body
        return
    refused(app, delivery)


def test_a_parameter_that_comes_twice_is_refused(app):
    good = event_delivery(EVENT)

    refused(app, replace(good, query=(*good.query, ("nonce", "other"))))
    refused(app, replace(good, query=(*good.query, ("msg_signature", "a" * 40))))


def test_over_the_stream_only_events_come_by_http():
    app = adapter(mode="stream")

    refused(app, robot_delivery(message()))
    refused(app, card_delivery(tap()))
    assert app.receive(event_delivery(EVENT), now=NOW).body
    refused(adapter(mode="stream", event_token="", event_aes_key=""), event_delivery(EVENT))


def test_a_repeat_has_one_key(app):
    """Whatever else is new about it; a press on another version of the card is another press."""
    first = app.receive(card_delivery(tap()), now=NOW)
    again = app.receive(card_delivery(tap(), at=NOW + timedelta(minutes=1)), now=NOW + timedelta(minutes=1))
    other = app.receive(card_delivery(tap("sealed-2")), now=NOW)
    somebody = app.receive(card_delivery(tap(user="mei")), now=NOW)

    assert first.key == again.key
    assert len({first.key, other.key, somebody.key}) == 3
