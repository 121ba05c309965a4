"""Prove a callback genuine, name it, and say in whose lane it runs.

https://developer.work.weixin.qq.com/document/path/90930
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta, timezone

import structlog

from bot.adapters.wecom.codes import PLATFORM
from bot.chat.inbound import Accepted, Delivery, Echo
from bot.errors import BadDeliveryError
from bot.kit.wecom_box import WeComBox
from bot.kit.xml import Element, parse, parse_envelope

#: WeCom tries for seconds; this is what clocks may differ by.
_FRESH = timedelta(minutes=5)
#: A wrong clock must not cost leads: what was never seen is taken this late.
_LATE = timedelta(hours=24)
#: The sender of what the platform itself reports.
_SYSTEM = "sys"
_DIRECTORY_LANE = "wecom:directory"
_MSG_ID_DIGITS = 20

_log = structlog.get_logger()


def receive(delivery: Delivery, *, box: WeComBox, corp_id: str, now: datetime) -> Accepted | Echo:
    """Open a delivery; BadDeliveryError for whatever is not ours, not whole, or too old."""
    if delivery.method == "GET":
        return _echo(delivery, box, now)
    if delivery.method != "POST":
        msg = "a callback is GET or POST"
        raise BadDeliveryError(msg)
    plain = _opened(delivery, box, _encrypted(delivery.body, corp_id), now)
    try:
        message = parse(plain)
        return Accepted(PLATFORM, _key(message, plain), _lane_key(message), plain)
    except ValueError:
        # It is WeCom's own, so it is kept: `decode` will say that it means nothing.
        return Accepted(PLATFORM, _digest(plain), _DIRECTORY_LANE, plain)


def _echo(delivery: Delivery, box: WeComBox, now: datetime) -> Echo:
    # A plus sign that was not percent-encoded arrives as a space; base64 has no spaces.
    encrypted = _only(delivery, "echostr").replace(" ", "+")
    try:
        return Echo(_opened(delivery, box, encrypted, now).decode())
    except UnicodeDecodeError as exc:
        msg = "the echo is not text"
        raise BadDeliveryError(msg) from exc


def _opened(delivery: Delivery, box: WeComBox, encrypted: str, now: datetime) -> bytes:
    timestamp = _only(delivery, "timestamp")
    plain = box.open(
        timestamp=timestamp,
        nonce=_only(delivery, "nonce"),
        signature=_only(delivery, "msg_signature"),
        encrypted=encrypted,
    )
    _check_age(now - datetime.fromtimestamp(int(timestamp), timezone.utc))
    return plain


def _check_age(age: timedelta) -> None:
    if age > _LATE or age < -_FRESH:
        _log.warning("delivery.refused_by_clock", platform=PLATFORM, age_s=int(age.total_seconds()))
        msg = "too old or from the future: a replay, or a wrong clock"
        raise BadDeliveryError(msg)
    if age > _FRESH:
        _log.info("delivery.accepted_late", platform=PLATFORM, age_s=int(age.total_seconds()))


def _only(delivery: Delivery, name: str) -> str:
    """Give the one value of a query parameter: none or several is refused."""
    values = [value for key, value in delivery.query if key == name]
    if len(values) != 1:
        msg = f"{name} must come once"
        raise BadDeliveryError(msg)
    return values[0]


def _encrypted(body: bytes, corp_id: str) -> str:
    try:
        envelope = parse_envelope(body)
    except ValueError as exc:
        msg = f"not an envelope: {exc}"
        raise BadDeliveryError(msg) from exc
    if envelope.get("ToUserName", corp_id) != corp_id:
        msg = "the envelope is for another corp"
        raise BadDeliveryError(msg)
    return envelope.get("Encrypt", "")


def _key(message: Element, plain: bytes) -> str:
    """Name the event: messages carry a number, events only their own text.

    The platform's advice for events (sender and second) merges two customers who
    scan in one second; the whole decrypted text does not.
    """
    msg_id = message.value("MsgId")
    if msg_id.isascii() and msg_id.isdigit() and msg_id.strip("0") and len(msg_id) <= _MSG_ID_DIGITS:
        return msg_id
    return _digest(plain)


def _digest(plain: bytes) -> str:
    return hashlib.sha256(plain).hexdigest()


def _lane_key(message: Element) -> str:
    if message.value("Event") == "change_contact":
        return _DIRECTORY_LANE
    if customer := message.value("ExternalUserID"):
        return f"wecom:customer:{customer}"
    user_id = message.value("FromUserName")
    return f"wecom:user:{user_id}" if user_id not in ("", _SYSTEM) else _DIRECTORY_LANE
