"""The mini-program's push in both formats, and what it sends."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime

import pytest
from pydantic import SecretStr

from bot.adapters.mini_program.caller import MiniProgramCaller
from bot.adapters.mini_program.config import Config
from bot.chat.inbound import Accepted, Asked, Delivery, Noted, Unknown
from bot.crm.official_signals import MessagesHaveArrived, SubscriptionsHaveChanged, VisitorHasActed
from bot.errors import BadDeliveryError
from bot.kit.wecom_box import WeComBox
from bot.kit.xml import render

TOKEN, KEY, APP = "123456", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR", "wx49f0ab532d5d035a"
NOW = datetime(2026, 11, 18, 2, 0, tzinfo=UTC)
CALLER = MiniProgramCaller(
    Config(app_id=APP, app_secret=SecretStr("s"), token=SecretStr(TOKEN), aes_key=SecretStr(KEY))
)
WHO = {"ToUserName": "gh_1", "FromUserName": "oMini", "CreateTime": str(int(NOW.timestamp()))}


def sealed(plain: bytes, *, as_json: bool) -> Delivery:
    stamp = str(int(NOW.timestamp()))
    made = WeComBox(TOKEN, KEY, APP).seal(
        plain, timestamp=stamp, nonce="437374425", random16=random.Random(1).randbytes(16)
    )
    query = {"timestamp": stamp, "nonce": made.nonce, "encrypt_type": "aes", "msg_signature": made.signature}
    envelope = {"ToUserName": "gh_1", "Encrypt": made.encrypted}
    body = json.dumps(envelope).encode() if as_json else render(envelope)
    return Delivery("POST", tuple(query.items()), {}, body, "")


def read(fields, *, as_json: bool):
    plain = json.dumps(fields).encode() if as_json else render(fields)
    accepted = CALLER.receive(sealed(plain, as_json=as_json), now=NOW)
    assert isinstance(accepted, Accepted)
    return CALLER.decode(accepted.body)


def event(name: str, **more):
    return {**WHO, "MsgType": "event", "Event": name, **more}


@pytest.mark.parametrize("as_json", [True, False])
def test_what_people_do_there(as_json):
    """They write, and open the conversation."""
    said = read({**WHO, "MsgType": "text", "Content": "在吗", "MsgId": "77"}, as_json=as_json)
    at = NOW.isoformat()
    assert said == Asked(
        command=VisitorHasActed("mini_program", "mini_program", "oMini", "message", "在吗", "77", at)
    )
    entered = read(event("user_enter_tempsession", SessionFrom="x"), as_json=as_json)
    assert entered.command.kind == "entered"


ROW = {"TemplateId": "T1", "SubscribeStatusString": "accept", "PopupScene": "0"}


@pytest.mark.parametrize(
    ("fields", "granted"),
    [
        (event("subscribe_msg_popup_event", List=ROW), "T1"),
        (event("subscribe_msg_popup_event", List=[ROW, {**ROW, "TemplateId": "T2"}]), "T1\nT2"),
        (event("subscribe_msg_popup_event", List=[ROW, {**ROW, "SubscribeStatusString": "reject"}]), "T1"),
    ],
)
def test_one_row_is_an_object_and_several_an_array(fields, granted):
    """What was refused in the box grants nothing."""
    assert read(fields, as_json=True) == Asked(
        command=SubscriptionsHaveChanged("mini_program", "mini_program", "oMini", granted)
    )


def test_the_same_in_xml():
    rows = {"SubscribeMsgPopupEvent": {"List": [ROW, {**ROW, "TemplateId": "T2"}]}}
    found = read(event("subscribe_msg_popup_event", **rows), as_json=False)
    assert found.command.granted == "T1\nT2"


def test_what_is_taken_back_and_what_arrived():
    back = read(
        event("subscribe_msg_change_event", List={**ROW, "SubscribeStatusString": "reject"}), as_json=True
    )
    assert (back.command.granted, back.command.revoked) == ("", "T1")
    kept = read(event("subscribe_msg_change_event", List=ROW), as_json=True)
    assert kept == Noted(platform="mini_program", name="nothing_granted")
    row = {"TemplateId": "T1", "MsgID": "9", "ErrorCode": 0, "ErrorStatus": "success"}
    sent = read(event("subscribe_msg_sent_event", List=row), as_json=True).command
    assert isinstance(sent, MessagesHaveArrived)
    assert json.loads(sent.receipts) == {"id": "9", "delivered": True, "code": "0 success"}
    assert isinstance(read(event("wxa_nothing_we_know"), as_json=True), Unknown)


@pytest.mark.parametrize("body", [b"{", b'{"Encrypt": 7}', b"[]", b"<xml></xml>", b"", b"\xff"])
def test_rubbish_is_no_delivery(body):
    """One empty 401 for all of it."""
    query = {"timestamp": str(int(NOW.timestamp())), "nonce": "1", "encrypt_type": "aes",
             "msg_signature": "0" * 40}  # fmt: skip
    with pytest.raises(BadDeliveryError):
        CALLER.receive(Delivery("POST", tuple(query.items()), {}, body, ""), now=NOW)


@pytest.mark.parametrize("plain", [b"{", b'["a"]', b"null", b"{}", b'{"FromUserName": ""}'])
def test_what_means_nothing_is_kept_and_says_so(plain):
    """It is the platform's own, so it is no 401."""
    accepted = CALLER.receive(sealed(plain, as_json=True), now=NOW)
    with pytest.raises(ValueError):  # noqa: PT011 - any
        CALLER.decode(accepted.body)
