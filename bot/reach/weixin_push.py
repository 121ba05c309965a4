"""Open what WeChat pushes to an account's address (公众号、小程序), in safe mode, as XML or as JSON.

https://developers.weixin.qq.com/doc/service/guide/dev/push/ (安全模式)
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import orjson

from bot.errors import BadDeliveryError
from bot.kit.wecom_box import WeComBox
from bot.kit.xml import Element, parse, parse_envelope

_FRESH, _LATE = timedelta(minutes=5), timedelta(hours=24)
_NONCE = re.compile(r"[0-9A-Za-z]{1,64}")
_MOMENT = re.compile(r"[0-9]{10}")
_SIGNATURE = re.compile(r"[0-9a-f]{40}")
#: The platform checks the address with a short text of its own making.
_ECHO = re.compile(r"[0-9A-Za-z_-]{1,64}")
_MOST_ID = 20
#: More rows than one push has.
_MOST_ROWS = 100

Query = Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Push:
    """One push, as far as it is texts: its fields, and the rows of its lists."""

    fields: Mapping[str, str] = field(repr=False)
    #: 订阅 events: a row for each template.
    rows: tuple[Mapping[str, str], ...] = field(default=(), repr=False)

    def value(self, name: str) -> str:
        """A field, empty if there is none."""
        return self.fields.get(name, "")

    @property
    def told_at(self) -> datetime | None:
        """When it happened, by the platform's clock; None if it does not say."""
        text = self.value("CreateTime")
        if not (text.isascii() and text.isdigit() and len(text) <= len("9999999999")):
            return None
        return datetime.fromtimestamp(int(text), timezone.utc)


def echoed(token: str, query: Query, now: datetime) -> str:
    """The text that the platform wants back; BadDeliveryError if it is not the platform."""
    pairs = list(query)
    timestamp, nonce = only(pairs, "timestamp"), only(pairs, "nonce")
    told, echo = only(pairs, "signature"), only(pairs, "echostr")
    shaped = (
        _MOMENT.fullmatch(timestamp)
        and _NONCE.fullmatch(nonce)
        and _SIGNATURE.fullmatch(told)
        and _ECHO.fullmatch(echo)
    )
    joined = "".join(sorted((token, timestamp, nonce)))
    # SHA-1 is the platform's choice.
    expected = hashlib.sha1(joined.encode()).hexdigest()  # noqa: S324 - the platform's algorithm
    if not shaped or not hmac.compare_digest(expected, told):
        msg = "the signature does not match"
        raise BadDeliveryError(msg)
    _check_age(timestamp, now)
    return echo


def opened(box: WeComBox, query: Query, body: bytes, now: datetime) -> bytes:
    """What was sealed for us; BadDeliveryError for whatever is not ours, not whole, or too old."""
    pairs = list(query)
    # Without encryption the signature covers nothing of the body: whoever saw one could say anything.
    if only(pairs, "encrypt_type") != "aes":
        msg = "the account is not in safe mode"
        raise BadDeliveryError(msg)
    timestamp = only(pairs, "timestamp")
    plain = box.open(
        timestamp=timestamp,
        nonce=only(pairs, "nonce"),
        signature=only(pairs, "msg_signature"),
        encrypted=_sealed(body),
    )
    _check_age(timestamp, now)
    return plain


def read(plain: bytes) -> Push:
    """Read what was opened; ValueError if it is neither of the two formats."""
    return _from_json(plain) if plain.lstrip().startswith(b"{") else _from_xml(parse(plain))


def key_of(account: str, push: Push, plain: bytes) -> str:
    """Messages carry a number, events only their own text: sender and second would merge two scans."""
    number = push.value("MsgId")
    if number.isascii() and number.isdigit() and number.strip("0") and len(number) <= _MOST_ID:
        return f"{account}:{number}"
    return digest(account, plain)


def digest(account: str, plain: bytes) -> str:
    """The key of what has no number of its own."""
    return hashlib.sha256(account.encode() + b"\n" + plain).hexdigest()


def only(query: Query, name: str) -> str:
    """The one value of this name."""
    values = [value for key, value in query if key == name]
    if len(values) != 1:
        msg = f"{name} must come once"
        raise BadDeliveryError(msg)
    return values[0]


def _sealed(body: bytes) -> str:
    try:
        if body.lstrip().startswith(b"{"):
            document = orjson.loads(body)
            encrypted = document.get("Encrypt", "")
            return encrypted if isinstance(encrypted, str) else ""
        return parse_envelope(body).get("Encrypt", "")
    except ValueError as exc:
        msg = f"not an envelope: {exc}"
        raise BadDeliveryError(msg) from exc


def _from_xml(message: Element) -> Push:
    fields = {name: message.value(name) for name, found in message.children.items() if len(found) == 1}
    wrappers = (message.one(name) for name in message.children)
    listed = (row for one in wrappers if one is not None for row in one.all("List"))
    rows = [{key: row.value(key) for key in row.children} for row in listed]
    return Push(fields, tuple(rows[:_MOST_ROWS]))


def _from_json(plain: bytes) -> Push:
    document = orjson.loads(plain)
    if not isinstance(document, dict):
        msg = "not an object"
        raise ValueError(msg)  # noqa: TRY004 - what cannot be read is one error for every format
    fields = {key: _text(value) for key, value in document.items() if not isinstance(value, dict | list)}
    listed = document.get("List", [])
    # One row comes as an object, several as an array of them.
    rows = [listed] if isinstance(listed, dict) else listed if isinstance(listed, list) else []
    read_rows = [{key: _text(value) for key, value in one.items()} for one in rows if isinstance(one, dict)]
    return Push(fields, tuple(read_rows[:_MOST_ROWS]))


def _text(value: Any) -> str:  # noqa: ANN401 - any value of JSON
    return "" if value is None else str(value)


def _check_age(timestamp: str, now: datetime) -> None:
    age = now - datetime.fromtimestamp(int(timestamp), timezone.utc)
    if age > _LATE or age < -_FRESH:
        msg = "too old or from the future: a replay, or a wrong clock"
        raise BadDeliveryError(msg)
