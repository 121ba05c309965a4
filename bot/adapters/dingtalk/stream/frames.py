"""The frames of the stream: one JSON object each, whose `data` is JSON once more, spelled as text.

https://open-dingtalk.github.io/developerpedia/docs/learn/stream/protocol
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

SYSTEM: Final = "SYSTEM"
EVENT: Final = "EVENT"
CALLBACK: Final = "CALLBACK"

ROBOT_TOPIC: Final = "/v1.0/im/bot/messages/get"
CARD_TOPIC: Final = "/v1.0/card/instances/callback"
PING: Final = "ping"
DISCONNECT: Final = "disconnect"

#: What we ask for; everything else the gateway sends anyway, or never.
SUBSCRIPTIONS: Final = (
    {"type": EVENT, "topic": "*"},
    {"type": CALLBACK, "topic": ROBOT_TOPIC},
    {"type": CALLBACK, "topic": CARD_TOPIC},
)

OK: Final = 200
BAD: Final = 400
NOT_FOUND: Final = 404
FAILED: Final = 500

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame, as it came."""

    kind: str
    headers: Mapping[str, str]
    data: str

    @property
    def topic(self) -> str:
        """What it is about; an event's is never to be believed."""
        return self.headers.get("topic", "")

    @property
    def message_id(self) -> str:
        """Under which it is acknowledged."""
        return self.headers.get("messageId", "")

    def content(self) -> dict[str, Any]:
        """Read the inner JSON; ValueError if it is none."""
        if not self.data:
            return {}
        found = orjson.loads(self.data)
        if not isinstance(found, dict):
            msg = "the data of a frame is an object"
            raise ValueError(msg)  # noqa: TRY004 - the platform's bytes, not a type of ours
        return found


def read(raw: str) -> Frame:
    """Read a frame; ValueError if it is none."""
    found = orjson.loads(raw)
    if not isinstance(found, dict):
        msg = "a frame is an object"
        raise ValueError(msg)  # noqa: TRY004 - as above
    # One page of the documentation spells it in the singular.
    headers = found.get("headers") or found.get("header") or {}
    if not isinstance(headers, dict):
        msg = "the headers of a frame are an object"
        raise ValueError(msg)  # noqa: TRY004 - as above
    data = found.get("data")
    return Frame(
        kind=str(found.get("type", "")),
        headers={str(name): str(value) for name, value in headers.items()},
        data=data if isinstance(data, str) else "" if data is None else orjson.dumps(data).decode(),
    )


def ack(frame: Frame, code: int, data: str, message: str = "OK") -> str:
    """Spell the acknowledgement of a frame."""
    return orjson.dumps(
        {
            "code": code,
            "headers": {"messageId": frame.message_id, "contentType": "application/json"},
            "message": message,
            "data": data,
        }
    ).decode()


def response(value: object) -> str:
    """Spell what a callback is answered with."""
    return orjson.dumps({"response": value}).decode()


def status(word: str) -> str:
    """Spell how an event fared: SUCCESS, or LATER to have it again."""
    return orjson.dumps({"status": word}).decode()
