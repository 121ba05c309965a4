"""The official account's callback: what is genuine, what it tells, and that all else is one empty 401."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta, timezone

import pytest
from pydantic import SecretStr

from bot.adapters.wechat_official.caller import WeChatCaller
from bot.adapters.wechat_official.config import Config
from bot.app.parts import build_callers
from bot.chat.inbound import Accepted, Asked, Delivery, Echo, Noted, Unknown
from bot.crm.capture_signals import FollowerHasCome, FollowerHasLeft
from bot.errors import BadDeliveryError, SettingsError
from bot.kit.wecom_box import WeComBox
from bot.kit.xml import render
from bot.settings import read_settings

#: The published vector of the scheme: token, key, receive id, and what they make.
TOKEN, KEY, APP = "123456", "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR", "wx49f0ab532d5d035a"
NOW = datetime(2026, 11, 18, 2, 0, tzinfo=timezone.utc)
CALLER = WeChatCaller({"main": Config(app_id=APP, token=SecretStr(TOKEN), aes_key=SecretStr(KEY))})


def sealed(
    tree: dict[str, str], *, at: datetime = NOW, box: WeComBox | None = None, **query: str
) -> Delivery:
    box = box or WeComBox(TOKEN, KEY, APP)
    stamp = str(int(at.timestamp()))
    made = box.seal(render(tree), timestamp=stamp, nonce="437374425", random16=b"0123456789abcdef")
    told = {"signature": "x", "timestamp": stamp, "nonce": made.nonce, "encrypt_type": "aes"}
    told |= {"msg_signature": made.signature, **query}
    body = render({"ToUserName": "gh_1", "Encrypt": made.encrypted})
    return Delivery("POST", tuple(told.items()), {}, body, "main")


def event(name: str, key: str = "", **more: str) -> dict[str, str]:
    base = {"ToUserName": "gh_1", "FromUserName": "oAbc-1", "CreateTime": str(int(NOW.timestamp()))}
    return {**base, "MsgType": "event", "Event": name, "EventKey": key, **more}


def read(tree: dict[str, str]) -> object:
    accepted = CALLER.receive(sealed(tree), now=NOW)
    assert isinstance(accepted, Accepted)
    return CALLER.decode(accepted.body)


def test_the_address_is_checked_with_the_plain_text():
    """sha1 of the sorted token, timestamp and nonce; the vector of the scheme."""
    caller = WeChatCaller({"main": Config(app_id=APP, token=SecretStr("test"), aes_key=SecretStr(KEY))})
    query = {
        "signature": "f21891de399b4e33a1a93c9a7b8a8fffb5a443ff",
        "timestamp": "1410685589",
        "nonce": "test",
    }
    at = datetime.fromtimestamp(1410685589, timezone.utc)

    def asked(**more: str) -> Delivery:
        return Delivery(
            "GET", tuple({**query, "echostr": "5927782489442352469", **more}.items()), {}, b"", "main"
        )

    assert caller.receive(asked(), now=at) == Echo("5927782489442352469")
    for wrong in (
        {"signature": "0" * 40},
        {"nonce": "other"},
        {"timestamp": "1410685590"},
        {"echostr": "<b>"},
    ):
        with pytest.raises(BadDeliveryError):
            caller.receive(asked(**wrong), now=at)
    with pytest.raises(BadDeliveryError):
        caller.receive(asked(), now=at + timedelta(days=2))


def test_the_published_text_opens():
    box = WeComBox(TOKEN, KEY, APP)
    encrypted = "4ByGGj+sVCYcvGeQYhaKIk1o0pQRNbRjxybjTGblXrBaXlTXeOo1+bXFXDQQb1o6co6Yh9Bv41n7hOchLF6p+Q=="

    opened = box.open(
        timestamp="1411443780", nonce="437374425", encrypted=encrypted,
        signature="dd6b9c95b495b3f7e2901bfbc76c664930ffdb96",
    )  # fmt: skip

    assert opened == b"5927782489442352469"


def test_events_become_what_happened():
    at = NOW.isoformat()

    assert read(event("subscribe", "qrscene_scabc", Ticket="t")) == Asked(
        command=FollowerHasCome("main", "oAbc-1", "scabc", "yes", "", at)
    )
    assert read(event("subscribe")) == Asked(command=FollowerHasCome("main", "oAbc-1", "", "yes", "", at))
    assert read(event("SCAN", "scabc")) == Asked(
        command=FollowerHasCome("main", "oAbc-1", "scabc", "", "", at)
    )
    assert read(event("unsubscribe")) == Asked(command=FollowerHasLeft("main", "oAbc-1", at))
    assert read(event("VIEW", "https://x.example")) == Noted(platform="wechat", name="VIEW")
    assert read(event("brand_new")) == Unknown(platform="wechat", name="brand_new")


def test_a_repeat_has_the_same_key_and_another_follower_another():
    one = CALLER.receive(sealed(event("subscribe")), now=NOW)
    again = CALLER.receive(sealed(event("subscribe"), at=NOW + timedelta(seconds=5)), now=NOW)
    other = CALLER.receive(sealed({**event("subscribe"), "FromUserName": "oOther"}), now=NOW)

    assert one.key == again.key != other.key
    assert one.lane_key == "wechat:main:oAbc-1"


def test_whatever_is_not_genuine_is_refused():
    good = sealed(event("subscribe"))
    wrong = [
        sealed(event("subscribe"), msg_signature="0" * 40),
        sealed(event("subscribe"), nonce="1"),
        sealed(event("subscribe"), encrypt_type="raw"),
        sealed(event("subscribe"), box=WeComBox("other", KEY, APP)),
        sealed(event("subscribe"), box=WeComBox(TOKEN, KEY, "wxother")),
        sealed(event("subscribe"), at=NOW - timedelta(days=2)),
        Delivery("POST", good.query, {}, b"<xml>", "main"),
        Delivery("POST", (*good.query, ("nonce", "1")), {}, good.body, "main"),
        Delivery("POST", good.query, {}, good.body, "other"),
        Delivery("POST", good.query, {}, render(event("subscribe")), "main"),
    ]

    for delivery in wrong:
        with pytest.raises(BadDeliveryError):
            CALLER.receive(delivery, now=NOW)


def test_settings_are_explained(tmp_path):
    def built(**given: str) -> object:
        own = {f"LEADBELL_WECHAT__MAIN__{name}": value for name, value in given.items()}
        return build_callers(read_settings(own, dotenv=tmp_path / "none"))

    assert built() == {}
    assert built(APP_ID=APP, TOKEN=TOKEN, AES_KEY=KEY)["wechat"].paths == ("main",)
    with pytest.raises(SettingsError, match="LEADBELL_WECHAT__MAIN__TOKEN：必填"):
        built(APP_ID=APP, AES_KEY=KEY)
    with pytest.raises(SettingsError, match="LEADBELL_WECHAT__MAIN__AES_KEY：应为 43 位"):
        built(APP_ID=APP, TOKEN=TOKEN, AES_KEY="short")
    with pytest.raises(SettingsError, match="是不是 LEADBELL_WECHAT__MAIN__APP_ID"):
        built(APP_ID=APP, TOKEN=TOKEN, AES_KEY=KEY, APPID=APP)


def test_the_plain_signature_is_worked_out_as_the_page_says():
    """By hand, so that the vector is not the only witness."""
    joined = "".join(sorted(("test", "1410685589", "test")))

    assert hashlib.sha1(joined.encode()).hexdigest() == "f21891de399b4e33a1a93c9a7b8a8fffb5a443ff"
