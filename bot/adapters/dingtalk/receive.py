"""Prove a callback genuine over HTTP: three addresses, each signed in its own way.

Robots and cards sign only the moment, so the body is proved by nothing: it has to name our robot and
company, a repeat is known by its own id, and a button by our seal.
https://open.dingtalk.com/document/development/receive-message
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

import orjson

from bot.adapters.dingtalk import kept
from bot.adapters.dingtalk.config import Config
from bot.chat.inbound import Accepted, Delivery
from bot.errors import BadDeliveryError
from bot.kit.dingtalk_box import DingTalkBox, is_signed, sign_card, sign_robot
from bot.kit.ids import RandomBytes, token

#: How old a robot's or a card's moment may be, and how far ahead ours may be.
_ROBOT_LATE = timedelta(hours=1)
#: An event's moment is signed together with the event; a wrong clock must not cost leads.
_EVENT_LATE = timedelta(hours=24)
_AHEAD = timedelta(minutes=5)
#: Answering a message with this says nothing.
_SILENT = orjson.dumps({"msgtype": "empty"})
_SECONDS_DIGITS = 10
_NONCE_BYTES = 10

Json = Mapping[str, Any]


class Door:
    """The three addresses."""

    def __init__(self, config: Config, random_bytes: RandomBytes) -> None:
        self._config = config
        self._random_bytes = random_bytes
        has_events = bool(config.event_token.get_secret_value())
        self._box = _box(config) if has_events else None

    def receive(self, delivery: Delivery, *, now: datetime) -> Accepted:
        """Open a delivery; BadDeliveryError for whatever is not ours, not whole, or too old."""
        if delivery.method != "POST":
            msg = "a callback is a POST"
            raise BadDeliveryError(msg)
        match delivery.path:
            case "robot" if self._config.mode == "http":
                return self._robot(delivery, now)
            case "card" if self._config.mode == "http":
                return self._card(delivery, now)
            case "event" if self._box is not None:
                return self._event(delivery, self._box, now)
        msg = "no such address"
        raise BadDeliveryError(msg)

    def _robot(self, delivery: Delivery, now: datetime) -> Accepted:
        secret = self._config.client_secret.get_secret_value()
        stamp = delivery.headers.get("timestamp", "")
        _check(stamp, delivery.headers.get("sign", ""), sign_robot(stamp, secret), now)
        data = _json(delivery.body)
        if data.get("robotCode", self._config.robot) != self._config.robot:
            msg = "for another robot"
            raise BadDeliveryError(msg)
        self._check_corp(data.get("chatbotCorpId"))
        if not data.get("msgId"):
            msg = "a message without an id"
            raise BadDeliveryError(msg)
        return kept.robot(data, answer=_SILENT)

    def _card(self, delivery: Delivery, now: datetime) -> Accepted:
        stamp = delivery.headers.get("x-ddpaas-signature-timestamp", "")
        given = delivery.headers.get("x-ddpaas-signature", "")
        _check(stamp, given, sign_card(stamp, card_secret(self._config)), now)
        data = _json(delivery.body)
        self._check_corp(data.get("corpId"))
        return kept.card(data, at=now)

    def _event(self, delivery: Delivery, box: DingTalkBox, now: datetime) -> Accepted:
        encrypted = _json(delivery.body).get("encrypt")
        stamp = _only(delivery, "timestamp", "timeStamp")
        plain = box.open(
            timestamp=stamp,
            nonce=_only(delivery, "nonce"),
            signature=_only(delivery, "signature", "msg_signature"),
            encrypted=encrypted if isinstance(encrypted, str) else "",
        )
        _check_age(_moment(stamp), now, _EVENT_LATE)
        data = _json(plain)
        self._check_corp(data.get("CorpId") or data.get("corpId"))
        name, born_at = str(data.get("EventType", "")), str(data.get("EventTime", ""))
        event_id = str(data.get("eventId") or data.get("EventId") or data.get("BizId") or "")
        return kept.event(name, event_id, born_at, data, answer=self._success(box, now))

    def _success(self, box: DingTalkBox, now: datetime) -> bytes:
        stamp = str(int(now.timestamp() * 1000))
        nonce = token(self._random_bytes, _NONCE_BYTES)
        return orjson.dumps(box.success(timestamp=stamp, nonce=nonce, random16=self._random_bytes(16)))

    def _check_corp(self, corp_id: object) -> None:
        if self._config.corp_id and corp_id is not None and corp_id != self._config.corp_id:
            msg = "for another company"
            raise BadDeliveryError(msg)


def card_secret(config: Config) -> str:
    """Give the secret with which card callbacks are signed; we choose it when we register the address."""
    key = config.client_secret.get_secret_value().encode()
    return hmac.new(key, b"leadbell card callback", hashlib.sha256).hexdigest()


def _box(config: Config) -> DingTalkBox:
    return DingTalkBox(
        config.event_token.get_secret_value(), config.event_aes_key.get_secret_value(), config.client_id
    )


def _check(stamp: str, given: str, expected: str, now: datetime) -> None:
    if not is_signed(stamp, given, expected):
        msg = "the signature does not match"
        raise BadDeliveryError(msg)
    _check_age(_moment(stamp), now, _ROBOT_LATE)


def _check_age(at: datetime, now: datetime, late: timedelta) -> None:
    if not -_AHEAD <= now - at <= late:
        msg = "too old or from the future: a replay, or a wrong clock"
        raise BadDeliveryError(msg)


def _moment(stamp: str) -> datetime:
    """Read a moment whose shape has been checked: seconds, or milliseconds."""
    seconds = int(stamp) if len(stamp) == _SECONDS_DIGITS else int(stamp) / 1000
    return datetime.fromtimestamp(seconds, timezone.utc)


def _only(delivery: Delivery, *names: str) -> str:
    """Give the one value of a query parameter under one of its names: none or several is refused."""
    values = [value for key, value in delivery.query if key in names]
    if len(values) != 1:
        msg = f"{names[0]} must come once"
        raise BadDeliveryError(msg)
    return values[0]


def _json(body: bytes) -> Json:
    try:
        data = orjson.loads(body)
    except orjson.JSONDecodeError as exc:
        msg = "no JSON"
        raise BadDeliveryError(msg) from exc
    if not isinstance(data, dict):
        msg = "not an object"
        raise BadDeliveryError(msg)
    return data
