"""The frames of the long connection: JSON texts, acknowledged under the id that they carry.

https://developer.work.weixin.qq.com/document/path/101463
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import orjson

SUBSCRIBE: Final = "aibot_subscribe"
PING: Final = "ping"
MESSAGE: Final = "aibot_msg_callback"
EVENT: Final = "aibot_event_callback"
WELCOME: Final = "aibot_respond_welcome_msg"
RESPOND: Final = "aibot_respond_msg"
UPDATE: Final = "aibot_respond_update_msg"
SEND: Final = "aibot_send_msg"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame that came; an acknowledgement has no `cmd`, but a code."""

    cmd: str
    req_id: str
    body: Json
    code: int | None
    text: str


def written(cmd: str, req_id: str, body: Json | None = None) -> str:
    """Spell a frame of ours."""
    frame: Json = {"cmd": cmd, "headers": {"req_id": req_id}}
    if body is not None:
        frame["body"] = body
    return orjson.dumps(frame).decode()


def read(raw: str | bytes) -> Frame:
    """Read a frame of theirs; ValueError for what is none."""
    given = orjson.loads(raw)
    if not isinstance(given, dict):
        msg = "a frame is an object"
        raise ValueError(msg)  # noqa: TRY004 - the bytes are wrong, not a type of ours
    headers, body, code = given.get("headers"), given.get("body"), given.get("errcode")
    return Frame(
        cmd=_text(given.get("cmd")),
        req_id=_text(headers.get("req_id")) if isinstance(headers, dict) else "",
        body=body if isinstance(body, dict) else {},
        code=code if isinstance(code, int) and not isinstance(code, bool) else None,
        text=_text(given.get("errmsg")),
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
