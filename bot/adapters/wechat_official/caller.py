"""Prove an official account's callback genuine, name it, and say what it tells.

https://developers.weixin.qq.com/doc/service/guide/dev/push/ (安全模式)
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone

from bot.adapters.wechat_official.config import Config
from bot.chat.inbound import Accepted, Asked, Delivery, Echo, Inbound, Noted, Unknown
from bot.crm.capture_signals import FollowerHasCome, FollowerHasLeft
from bot.errors import BadDeliveryError
from bot.kit.wecom_box import WeComBox
from bot.kit.xml import Element, parse, parse_envelope

PLATFORM = "wechat"
_FRESH, _LATE = timedelta(minutes=5), timedelta(hours=24)
_SCENE = "qrscene_"
_NONCE = re.compile(r"[0-9A-Za-z]{1,64}")
_MOMENT = re.compile(r"[0-9]{10}")
_SIGNATURE = re.compile(r"[0-9a-f]{40}")
#: The platform checks the address with a short text of its own making.
_ECHO = re.compile(r"[0-9A-Za-z_-]{1,64}")
_MOST_ID = 20


class WeChatCaller:
    """Every official account of ours, each at its own address."""

    name = PLATFORM
    #: The platform checks each address with a GET.
    asks_by_get = True

    def __init__(self, accounts: Mapping[str, Config]) -> None:
        self.paths = tuple(sorted(accounts))
        self._accounts = dict(accounts)
        self._boxes = {
            name: WeComBox(one.token.get_secret_value(), one.aes_key.get_secret_value(), one.app_id)
            for name, one in accounts.items()
        }

    def receive(self, delivery: Delivery, *, now: datetime) -> Accepted | Echo:
        """Open a delivery; BadDeliveryError for whatever is not ours, not whole, or too old."""
        config = self._accounts.get(delivery.path)
        if config is None:
            msg = "no account of ours"
            raise BadDeliveryError(msg)
        if delivery.method == "GET":
            return _echo(delivery, config, now)
        plain = self._opened(delivery, now)
        body = delivery.path.encode() + b"\n" + plain
        try:
            message = parse(plain)
            lane = f"{PLATFORM}:{delivery.path}:{message.value('FromUserName')}"
            return Accepted(PLATFORM, _key(delivery.path, message, plain), lane, body)
        except ValueError:
            # It is the platform's own, so it is kept: `decode` will say that it means nothing.
            return Accepted(PLATFORM, _digest(delivery.path, plain), f"{PLATFORM}:{delivery.path}", body)

    def decode(self, body: bytes) -> Inbound:
        """Read what `receive` accepted; ValueError if it has no meaning at all."""
        account, _, plain = body.partition(b"\n")
        message = parse(plain)
        if message.value("MsgType") != "event":
            # What followers write is for the account's own people; nothing here answers them.
            return Noted(platform=PLATFORM, name=f"message:{message.value('MsgType')[:20]}")
        return _event(account.decode(), message)

    def _opened(self, delivery: Delivery, now: datetime) -> bytes:
        # Without encryption the signature covers nothing of the body: whoever saw one could say anything.
        if _only(delivery, "encrypt_type") != "aes":
            msg = "the account is not in safe mode"
            raise BadDeliveryError(msg)
        try:
            envelope = parse_envelope(delivery.body)
        except ValueError as exc:
            msg = f"not an envelope: {exc}"
            raise BadDeliveryError(msg) from exc
        timestamp = _only(delivery, "timestamp")
        plain = self._boxes[delivery.path].open(
            timestamp=timestamp,
            nonce=_only(delivery, "nonce"),
            signature=_only(delivery, "msg_signature"),
            encrypted=envelope.get("Encrypt", ""),
        )
        _check_age(timestamp, now)
        return plain


def _event(account: str, message: Element) -> Inbound:
    event, open_id, key = message.value("Event"), message.value("FromUserName"), message.value("EventKey")
    if not open_id:
        msg = "nobody did it"
        raise ValueError(msg)
    at = _told(message)
    match event:
        case "subscribe":
            scene = key.removeprefix(_SCENE) if key.startswith(_SCENE) else ""
            return Asked(
                command=FollowerHasCome(account, open_id, scene, "yes", message.value("UnionId"), at)
            )
        case "SCAN":
            return Asked(command=FollowerHasCome(account, open_id, key, "", message.value("UnionId"), at))
        case "unsubscribe":
            return Asked(command=FollowerHasLeft(account, open_id, at))
        case "CLICK" | "VIEW" | "LOCATION" | "MASSSENDJOBFINISH" | "TEMPLATESENDJOBFINISH":
            return Noted(platform=PLATFORM, name=event)
        case _:
            return Unknown(platform=PLATFORM, name=event[:40] or "no_event")


def _echo(delivery: Delivery, config: Config, now: datetime) -> Echo:
    timestamp, nonce = _only(delivery, "timestamp"), _only(delivery, "nonce")
    told, echo = _only(delivery, "signature"), _only(delivery, "echostr")
    shaped = (
        _MOMENT.fullmatch(timestamp)
        and _NONCE.fullmatch(nonce)
        and _SIGNATURE.fullmatch(told)
        and _ECHO.fullmatch(echo)
    )
    joined = "".join(sorted((config.token.get_secret_value(), timestamp, nonce)))
    # SHA-1 is the platform's choice.
    expected = hashlib.sha1(joined.encode()).hexdigest()  # noqa: S324 - the platform's algorithm
    if not shaped or not hmac.compare_digest(expected, told):
        msg = "the signature does not match"
        raise BadDeliveryError(msg)
    _check_age(timestamp, now)
    return Echo(echo)


def _check_age(timestamp: str, now: datetime) -> None:
    age = now - datetime.fromtimestamp(int(timestamp), timezone.utc)
    if age > _LATE or age < -_FRESH:
        msg = "too old or from the future: a replay, or a wrong clock"
        raise BadDeliveryError(msg)


def _only(delivery: Delivery, name: str) -> str:
    values = [value for key, value in delivery.query if key == name]
    if len(values) != 1:
        msg = f"{name} must come once"
        raise BadDeliveryError(msg)
    return values[0]


def _key(account: str, message: Element, plain: bytes) -> str:
    """Messages carry a number, events only their own text: sender and second would merge two scans."""
    number = message.value("MsgId")
    if number.isascii() and number.isdigit() and number.strip("0") and len(number) <= _MOST_ID:
        return f"{account}:{number}"
    return _digest(account, plain)


def _digest(account: str, plain: bytes) -> str:
    return hashlib.sha256(account.encode() + b"\n" + plain).hexdigest()


def _told(message: Element) -> str:
    text = message.value("CreateTime")
    if not (text.isascii() and text.isdigit() and len(text) <= len("9999999999")):
        return ""
    return datetime.fromtimestamp(int(text), timezone.utc).isoformat()


def build(accounts: Mapping[str, Config]) -> WeChatCaller:
    """Build it for all accounts."""
    return WeChatCaller(accounts)
