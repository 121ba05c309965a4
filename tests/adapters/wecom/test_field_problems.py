"""What users of other programs ran into on WeCom, one test for each, by its number in the list.

1 events of one second · 2 slow handlers · 3 receiver ids · 4 the address check · 5 decrypting at the
edges · 6 trusted addresses · 7 tokens · 8 choices on cards · 9 invalid receivers · 16 silent drops ·
17 numbers that are texts · 18 other companies' apps. 10 to 14, 19 and 20 are the robot's, in `robot/`.
"""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.chat.card import Card
from bot.chat.inbound import Accepted, Delivery, Echo, Message, Tap, Unknown
from bot.chat.outbound import Repeat, SendText, UpdateCard
from bot.errors import BadDeliveryError, PlatformBusyError, PlatformRejectedError
from bot.kit.wecom_box import WeComBox, decoded_key
from bot.kit.xml import render
from tests.adapters.wecom.platform import AES_KEY, BOX, CORP_ID, NOW, TOKEN, adapter, delivery

SEND = "/cgi-bin/message/send"


def event(**parts: object) -> bytes:
    return render({"FromUserName": "sys", "CreateTime": "1795001400", "MsgType": "event", **parts})  # type: ignore[dict-item]


def accepted(given: Delivery) -> Accepted:
    found = adapter().receive(given, now=NOW)
    assert isinstance(found, Accepted)
    return found


def test_01_two_events_of_one_sender_and_second_are_two():
    """Sender and second are the platform's advice; they merge two customers who scan in one second."""
    scans = [
        event(Event="change_external_contact", ChangeType="add_external_contact", UserID="lisi",
              ExternalUserID=f"wm{n}", WelcomeCode=f"W{n}")
        for n in range(50)
    ]  # fmt: skip
    taps = [
        event(
            FromUserName="lisi", Event="template_card_event", EventKey="k", TaskId=f"T{n}", ResponseCode="R"
        )
        for n in range(50)
    ]

    assert len({accepted(delivery(plain)).key for plain in scans + taps}) == 100


def test_02_a_delivery_that_comes_again_is_the_same_one():
    """After five seconds without an answer it comes up to three times more, sealed anew each time."""
    plain = event(
        FromUserName="lisi", Event="template_card_event", EventKey="k", TaskId="T", ResponseCode="R"
    )

    assert len({accepted(delivery(plain, at=NOW + timedelta(seconds=5 * n))).key for n in range(4)}) == 1


@pytest.mark.parametrize("receive_id", ["", "wwsuite0000000001", CORP_ID.lower() + "x"])
def test_03_a_delivery_sealed_for_another_receiver_is_refused(receive_id):
    """A robot's has an empty receiver, another company's app its suite; each entrance knows its own."""
    with pytest.raises(BadDeliveryError):
        adapter().receive(
            delivery(event(Event="enter_agent"), box=WeComBox(TOKEN, AES_KEY, receive_id)), now=NOW
        )


def test_04_the_address_check_is_answered_by_the_bare_text():
    """Also where a plus sign arrived as a space; nothing is added to it."""
    for random16 in (bytes([n]) * 16 for n in range(40)):
        sealed = BOX.seal(
            b"1616140317555161061", timestamp=str(int(NOW.timestamp())), nonce="n", random16=random16
        )
        for echo in (sealed.encrypted, sealed.encrypted.replace("+", " ")):
            pairs = (
                ("msg_signature", sealed.signature),
                ("timestamp", sealed.timestamp),
                ("nonce", "n"),
                ("echostr", echo),
            )
            assert adapter().receive(Delivery("GET", pairs, {}, b""), now=NOW) == Echo("1616140317555161061")


def test_05_every_length_is_opened_and_every_torn_one_refused():
    """Each padding from 1 to 32, a key whose last letter has spare bits, and no exception of another kind."""
    spare = AES_KEY[:-1] + "t"
    assert decoded_key(spare) == base64.b64decode(spare + "=")
    for length in range(64):
        plain = b"<xml><FromUserName>lisi</FromUserName>" + b" " * length + b"</xml>"
        given = delivery(plain)
        assert accepted(given).body == plain
        with pytest.raises(BadDeliveryError):
            adapter().receive(
                replace(
                    given, body=given.body.replace(b"</Encrypt>", b"A</Encrypt>").replace(b"]]><", b"A]]><")
                ),
                now=NOW,
            )


async def test_06_an_untrusted_address_says_which_and_what_to_do(wecom, platform):
    """New apps refuse calls from addresses that are not on their list."""
    platform.always[SEND] = {
        "errcode": 60020,
        "errmsg": "not allow to access from your ip, from ip: 203.0.113.9",
    }

    with pytest.raises(PlatformBusyError, match=r"203\.0\.113\.9.*企业可信IP.*PROXY"):
        await wecom.send(SendText(to="lisi", text="x"))


@pytest.mark.parametrize("code", [40001, 40014, 42001])
async def test_07_an_expired_token_is_renewed_once_whatever_it_is_called(wecom, platform, code):
    """A second refusal is no reason to ask for ever: a storm of bad tokens gets the caller restricted."""
    bad = {"errcode": code, "errmsg": "token"}
    platform.answer(SEND, bad)
    await wecom.send(SendText(to="lisi", text="x"))
    assert (platform.tokens_given, platform.count(SEND)) == (2, 2)

    platform.answer(SEND, bad, bad)
    with pytest.raises(PlatformBusyError):
        await wecom.send(SendText(to="lisi", text="x"))
    assert platform.count(SEND) == 4


def test_08_a_tap_brings_its_code_and_all_that_was_chosen():
    """One choice is a list of one, several keep their order, and none is an empty answer."""
    for ids in ([], ["a"], ["b", "a"]):
        items = {"SelectedItem": [{"QuestionKey": "q", "OptionIds": {"OptionId": ids}}]}
        plain = event(FromUserName="lisi", Event="template_card_event", EventKey="k", TaskId="T",
                      ResponseCode="RC", SelectedItems=items, SomethingNew="?")  # fmt: skip
        tap = adapter().decode(plain)
        assert isinstance(tap, Tap)
        assert (tap.update_code, tap.selected) == ("RC", {"q": tuple(ids)})


@pytest.mark.parametrize("invalid", ["LISI", "wangwu|lisi", ["lisi"], ["WangWu", "LiSi"]])
async def test_09_a_receiver_who_got_nothing_is_known_by_text_and_by_list(wecom, platform, invalid):
    """Answers spell ids in lower case, as one text when sending and as a list when updating."""
    answer = {"errcode": 0, "errmsg": "ok", "msgid": "M", "invaliduser": invalid}
    platform.always = {SEND: answer, "/cgi-bin/message/update_template_card": answer}
    flip = UpdateCard(to="LiSi", card=Card(kind="k", title="t"), card_key="T", buttons=(), code="RC")

    for outgoing in (SendText(to="LiSi", text="x"), flip):
        with pytest.raises(PlatformRejectedError) as caught:
            await wecom.send(outgoing)
        assert caught.value.code == 81013


async def test_16_what_would_be_dropped_in_silence_is_not_sent_like_that(wecom, platform):
    """We stay under thirty a minute, and two occasions with the same words are two requests."""
    throttle = wecom.throttle
    assert throttle is not None
    assert throttle.sends < 30
    assert throttle.within == timedelta(minutes=1)
    for mark in ("first", "second", "first"):
        await wecom.send(SendText(to="lisi", text="收到", mark=mark))
    first, second, retry = platform.bodies(SEND)
    assert first == retry != second
    assert wecom.repeat(SendText(to="lisi", text="收到")) is Repeat.WINDOW


async def test_16_what_tells_two_requests_apart_clings_to_no_address(wecom, platform):
    """Unseen letters behind an address are part of it for whoever opens or copies it: they stand first."""
    url = "https://crm.example.com/a/x7"
    await wecom.send(SendText(to="lisi", text=f"价目表\n{url}", mark="first"))

    (body,) = platform.bodies(SEND)
    text = body["text"]["content"]
    assert text.endswith(f"\n{url}")
    assert text.lstrip("\u200b\u200c") == f"价目表\n{url}" != text


def test_17_numbers_stay_the_texts_they_are():
    """A user id keeps its zero, a message number all its digits, a phone number its form."""
    plain = render({
        "FromUserName": "0254571", "CreateTime": "1795001400", "MsgType": "text",
        "Content": "013800138000", "MsgId": "9223372036854775809",
    })  # fmt: skip
    taken = accepted(delivery(plain))
    said = adapter().decode(plain)

    assert taken.key == "9223372036854775809"
    assert taken.lane_key == "wecom:user:0254571"
    assert isinstance(said, Message)
    assert (said.user_id, said.text) == ("0254571", "013800138000")


@pytest.mark.parametrize("kind", ["change_contact", "create_auth", "suite_ticket"])
def test_18_an_event_of_a_suite_is_not_taken_for_ours(kind):
    """It has another shape and another receiver: refused at the door, and without meaning behind it."""
    plain = render({"SuiteId": "wwsuite", "AuthCorpId": CORP_ID, "InfoType": kind, "TimeStamp": "1795001400",
                    "ChangeType": "create_user", "UserID": "mallory"})  # fmt: skip

    with pytest.raises(BadDeliveryError):
        adapter().receive(delivery(plain, box=WeComBox(TOKEN, AES_KEY, "wwsuite")), now=NOW)
    assert adapter().decode(plain) == Unknown(platform="wecom", name=f"suite.{kind}")
