"""A callback is taken once it is proved, and is named and laned by what it says."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from bot.chat.inbound import Accepted, Delivery, Echo
from bot.errors import BadDeliveryError
from bot.kit.wecom_box import WeComBox
from bot.kit.xml import render
from tests.adapters.wecom.platform import AES_KEY, BOX, CORP_ID, NOW, TOKEN, adapter, delivery

VECTORS = json.loads((Path(__file__).parents[2] / "data/vectors/wecom.json").read_text())
TEXT = b"<xml><FromUserName>lisi</FromUserName><MsgType>text</MsgType><Content>hi</Content></xml>"


@pytest.fixture
def wecom():
    return adapter()


def with_query(given: Delivery, *pairs: tuple[str, str]) -> Delivery:
    return replace(given, query=pairs)


def query(given: Delivery, **changes: str) -> Delivery:
    return with_query(given, *{**dict(given.query), **changes}.items())


def event(**values: str) -> bytes:
    return render({"FromUserName": "sys", "CreateTime": "1795001400", "MsgType": "event", **values})


def test_a_delivery_is_opened(wecom):
    accepted = wecom.receive(delivery(TEXT), now=NOW)

    assert accepted == Accepted("wecom", accepted.key, "wecom:user:lisi", TEXT)


@pytest.mark.parametrize(
    "vector",
    [v for v in VECTORS["public"] if v["kind"] == "xml_post"],
    ids=lambda v: v["name"],
)
def test_known_deliveries_are_accepted(vector):
    """What the platform's own samples carry comes out whole, at its own time."""
    wecom = adapter(
        token=vector["token"].ljust(6, "0"),
        aes_key=vector["encoding_aes_key"],
        corp_id=vector["receive_id"],
    )
    at = datetime.fromtimestamp(int(vector["timestamp"]), timezone.utc)
    body = render({"ToUserName": vector["receive_id"], "Encrypt": vector["encrypted"]})
    pairs = tuple((name, vector[name]) for name in ("msg_signature", "timestamp", "nonce"))

    accepted = wecom.receive(Delivery("POST", pairs, {}, body), now=at)

    assert isinstance(accepted, Accepted)
    assert accepted.body.decode() == vector["plaintext"]
    assert accepted.lane_key.startswith("wecom:user:")


@pytest.mark.parametrize(
    "vector",
    [v for v in VECTORS["public"] if v["kind"] == "url_verify"],
    ids=lambda v: v["name"],
)
@pytest.mark.parametrize("plus", ["+", " "])
def test_known_checks_are_echoed(vector, plus):
    """The echo comes back as text, also when its plus signs arrived as spaces."""
    wecom = adapter(token=vector["token"], aes_key=vector["encoding_aes_key"], corp_id=vector["receive_id"])
    at = datetime.fromtimestamp(int(vector["timestamp"]), timezone.utc)
    pairs = (
        *((name, vector[name]) for name in ("msg_signature", "timestamp", "nonce")),
        ("echostr", vector["encrypted"].replace("+", plus)),
    )

    assert wecom.receive(Delivery("GET", pairs, {}, b""), now=at) == Echo(vector["plaintext"])


def test_an_echo_is_never_read_as_anything_else(wecom):
    """Markup comes back as the text that it is."""
    sealed = BOX.seal(
        "<script>你</script>".encode(),
        timestamp=str(int(NOW.timestamp())),
        nonce="n",
        random16=bytes(16),
    )
    pairs = (
        ("msg_signature", sealed.signature),
        ("timestamp", sealed.timestamp),
        ("nonce", sealed.nonce),
        ("echostr", sealed.encrypted),
    )

    assert wecom.receive(Delivery("GET", pairs, {}, b""), now=NOW) == Echo("<script>你</script>")
    with pytest.raises(BadDeliveryError):
        wecom.receive(Delivery("GET", pairs[:3], {}, b""), now=NOW)


@pytest.mark.parametrize("name", ["msg_signature", "timestamp", "nonce"])
def test_each_parameter_comes_exactly_once(wecom, name):
    """Missing, empty, doubled, or as an array."""
    good = delivery(TEXT)
    value = dict(good.query)[name]
    rest = tuple(pair for pair in good.query if pair[0] != name)

    for pairs in (
        rest,
        (*rest, (name, "")),
        (*good.query, (name, value)),
        ((name, "1"), *good.query),
        (*rest, (f"{name}[]", value)),
    ):
        with pytest.raises(BadDeliveryError):
            wecom.receive(with_query(good, *pairs), now=NOW)


def test_a_changed_parameter_is_refused(wecom):
    good = delivery(TEXT)
    values = dict(good.query)
    for changes in (
        {"timestamp": str(int(values["timestamp"]) + 1)},
        {"nonce": "other"},
        {"msg_signature": "0" * 40},
        {"msg_signature": values["msg_signature"].upper()},
        {"timestamp": values["nonce"], "nonce": values["timestamp"]},
    ):
        with pytest.raises(BadDeliveryError):
            wecom.receive(query(good, **changes), now=NOW)


@pytest.mark.parametrize("method", ["HEAD", "PUT", "OPTIONS", "DELETE", "get", ""])
def test_only_get_and_post_are_callbacks(wecom, method):
    with pytest.raises(BadDeliveryError):
        wecom.receive(replace(delivery(TEXT), method=method), now=NOW)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"<xml></xml>",
        b"<xml><Encrypt></Encrypt></xml>",
        b"<xml><encrypt>A</encrypt></xml>",
        b"<!DOCTYPE x><xml><Encrypt>A</Encrypt></xml>",
        "<xml><Encrypt>密文</Encrypt></xml>".encode(),
    ],
)
def test_a_broken_envelope_is_refused(wecom, body):
    with pytest.raises(BadDeliveryError):
        wecom.receive(replace(delivery(TEXT), body=body), now=NOW)


def test_an_envelope_with_two_texts_is_refused(wecom):
    """Neither the first nor the last is taken."""
    good = delivery(TEXT)
    evil = b"<Encrypt>AAAA</Encrypt>"
    for body in (
        good.body.replace(b"<Encrypt>", evil + b"<Encrypt>"),
        good.body.replace(b"</Encrypt>", b"</Encrypt>" + evil),
    ):
        with pytest.raises(BadDeliveryError):
            wecom.receive(replace(good, body=body), now=NOW)


def test_an_envelope_for_another_corp_is_refused(wecom):
    with pytest.raises(BadDeliveryError):
        wecom.receive(delivery(TEXT, to="wwother"), now=NOW)


def test_an_envelope_may_leave_out_whom_it_is_for(wecom):
    """What counts is the receive id under the seal."""
    good = delivery(TEXT)
    bare = good.body.replace(f"<ToUserName><![CDATA[{CORP_ID}]]></ToUserName>".encode(), b"")
    assert bare != good.body

    assert isinstance(wecom.receive(replace(good, body=bare), now=NOW), Accepted)


def test_another_corps_seal_is_refused(wecom):
    """Same token and key, another receive id: a third-party suite, or a neighbour."""
    with pytest.raises(BadDeliveryError):
        wecom.receive(delivery(TEXT, box=WeComBox(TOKEN, AES_KEY, "wwother")), now=NOW)


@pytest.mark.parametrize(
    ("age", "taken"),
    [
        (timedelta(minutes=-6), False),
        (timedelta(minutes=-5), True),
        (timedelta(0), True),
        (timedelta(minutes=5), True),
        (timedelta(minutes=20), True),
        (timedelta(hours=24), True),
        (timedelta(hours=24, seconds=1), False),
        (timedelta(hours=25), False),
        (timedelta(days=400), False),
    ],
)
def test_late_is_taken_and_old_is_not(wecom, age, taken):
    """A wrong clock must not cost a lead; a replay of yesterday must not cost anything."""
    given = delivery(TEXT, at=NOW - age)

    if taken:
        assert isinstance(wecom.receive(given, now=NOW), Accepted)
    else:
        with pytest.raises(BadDeliveryError):
            wecom.receive(given, now=NOW)


def test_a_repeat_has_the_same_key(wecom):
    """Fresh signature, nonce and random bytes around the same text: the same event."""
    first = wecom.receive(delivery(TEXT), now=NOW)
    second = wecom.receive(delivery(TEXT, at=NOW + timedelta(seconds=5)), now=NOW)

    assert first.key == second.key


def test_near_twins_have_different_keys(wecom):
    """Two customers who scan in one second share sender and time, and are two events."""
    base = {
        "Event": "change_external_contact",
        "ChangeType": "add_external_contact",
        "UserID": "a",
        "ExternalUserID": "wm1",
        "State": "s",
        "WelcomeCode": "w",
    }
    twins = [base] + [{**base, name: value + "2"} for name, value in base.items()]

    keys = {wecom.receive(delivery(event(**twin)), now=NOW).key for twin in twins}

    assert len(keys) == len(twins)


def test_a_message_is_named_by_its_number(wecom):
    """Another text under the number that was taken is the same message."""
    texts = [
        render({"FromUserName": "a", "MsgType": "text", "Content": c, "MsgId": "7300000000000000123"})
        for c in ("x", "y")
    ]

    assert {wecom.receive(delivery(text), now=NOW).key for text in texts} == {"7300000000000000123"}


@pytest.mark.parametrize("number", ["", "0", "-5", "1" * 21, "٣", "7e3", "x"])
def test_a_number_that_is_none_names_nothing(wecom, number):
    texts = [
        render({"FromUserName": "a", "MsgType": "text", "Content": c, "MsgId": number}) for c in ("x", "y")
    ]

    keys = {wecom.receive(delivery(text), now=NOW).key for text in texts}

    assert len(keys) == 2
    assert all(len(key) == 64 for key in keys)


@pytest.mark.parametrize(
    "plain", [b"", b"hello", b'{"a": 1}', b"<xml><MsgId>1</MsgId><MsgId>2</MsgId></xml>"]
)
def test_genuine_nonsense_is_kept(wecom, plain):
    """It is the platform's own, so it is accepted; `decode` says that it means nothing."""
    accepted = wecom.receive(delivery(plain), now=NOW)

    assert (accepted.body, accepted.lane_key, len(accepted.key)) == (plain, "wecom:directory", 64)
    with pytest.raises(ValueError, match=r"."):
        wecom.decode(accepted.body)
