"""How what came in is kept until it is carried out: the same, whether by the stream or by a callback."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any, Final

import orjson

from bot.adapters.dingtalk.codes import PLATFORM
from bot.adapters.dingtalk.taps import CODE
from bot.chat.inbound import Accepted

ROBOT: Final = "robot"
CARD: Final = "card"
EVENT: Final = "event"
#: Everything that concerns no one person.
COMMON_LANE: Final = f"{PLATFORM}:directory"
_ID_MAX = 200
_NAME_MAX = 64

Json = Mapping[str, Any]


def robot(data: Json, *, answer: bytes = b"") -> Accepted:
    """Wrap a message that the robot heard; a repeat has the same `msgId`."""
    key = _id(data.get("msgId")) or _digest(data)
    return Accepted(
        PLATFORM, f"msg:{key}", _lane(data.get("senderStaffId")), _body(ROBOT, data), answer=answer
    )


def card(data: Json, *, at: datetime) -> Accepted:
    """Wrap a press on a card.

    The platform numbers it not at all, so it is known by its whole content: the sealed button carries
    the version of the card, which grows with every answer.
    """
    return Accepted(
        PLATFORM, f"tap:{_digest(data)}", _lane(data.get("userId")), _body(CARD, data, at=at), waits=True
    )


def event(name: str, event_id: str, born_at: str, data: Json, *, answer: bytes = b"") -> Accepted:
    """Wrap an event; a repeat has the same id."""
    key = _id(event_id) or _digest({"name": name, "data": data})
    about = {"name": name[:_NAME_MAX], "born_at": born_at}
    return Accepted(PLATFORM, f"event:{key}", COMMON_LANE, _body(EVENT, data, **about), answer=answer)


def opened(body: bytes) -> tuple[str, Json, Json]:
    """Give kind, what is known beside it, and the platform's own words; ValueError for anything else."""
    try:
        kept = orjson.loads(body)
        about, data = kept["dingtalk"], kept["data"]
        kind = about["kind"]
    except (orjson.JSONDecodeError, KeyError, TypeError) as exc:
        msg = "not a delivery of DingTalk"
        raise ValueError(msg) from exc
    if not isinstance(data, dict):
        msg = "a delivery of DingTalk is an object"
        raise ValueError(msg)  # noqa: TRY004 - the platform's bytes, not a type of ours
    return str(kind), about, data


def tap_code(accepted: Accepted) -> str:
    """Give the code under which this delivery of a tap is answered: a repeat has another."""
    kind, about, _ = opened(accepted.body)
    return _code(accepted.key, str(about["at"])) if kind == CARD else ""


def code_of(key_of: Json, at: str) -> str:
    """The same from what was kept."""
    return _code(f"tap:{_digest(key_of)}", at)


def moment(value: object) -> datetime | None:
    """Read milliseconds since 1970, as a number or as text; None if it is neither."""
    text = str(value).strip()
    if not (text.isascii() and text.isdigit() and len(text) == len("1690362102194")):
        return None
    return datetime.fromtimestamp(int(text) / 1000, timezone.utc)


def _code(key: str, at: str) -> str:
    return f"{CODE}{hashlib.sha256(f'{key} {at}'.encode()).hexdigest()[:32]}"


def _body(kind: str, data: Json, **about: object) -> bytes:
    return orjson.dumps({"dingtalk": {"kind": kind, **about}, "data": data})


def _lane(user_id: object) -> str:
    found = _id(user_id)
    return f"{PLATFORM}:user:{found}" if found else COMMON_LANE


def _id(value: object) -> str:
    return value if isinstance(value, str) and 0 < len(value) <= _ID_MAX and value.isprintable() else ""


def _digest(data: object) -> str:
    return hashlib.sha256(orjson.dumps(data, option=orjson.OPT_SORT_KEYS)).hexdigest()
