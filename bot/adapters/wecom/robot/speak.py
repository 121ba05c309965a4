"""What the robot says: in answer to a callback under its id, or of its own accord.

https://developer.work.weixin.qq.com/document/path/101463
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from bot.adapters.wecom import codes
from bot.adapters.wecom.robot import errors, frames
from bot.adapters.wecom.robot.connection import Connection
from bot.adapters.wecom.robot.decode import ROBOT
from bot.adapters.wecom.robot.frames import Frame, Json
from bot.adapters.wecom.width import cut_bytes, visible
from bot.errors import PlatformRejectedError

_SINGLE, _GROUP = 1, 2
#: Bytes of a text; it is markdown, since the robot knows no plain text.
MARKDOWN_MAX: Final = 20_480
_PIECE = 512 * 1024
#: Tries, and seconds between them, while another frame of the same id is under way.
_TRIES, _PAUSE_S = 3, 0.3

_log = structlog.get_logger()


class Mouth:
    """Speaks over one connection."""

    def __init__(
        self, connection: Connection, *, sleep: Callable[[float], Awaitable[None]], new_id: Callable[[], str]
    ) -> None:
        self._connection = connection
        self._sleep = sleep
        self._new_id = new_id

    async def push(self, to: str, message: Json, *, group: bool) -> Frame:
        """Say something where somebody wrote before; what kind of chat it is is said aloud."""
        kind = _GROUP if group else _SINGLE
        body = {"chatid": to.removeprefix(ROBOT), "chat_type": kind, **message}
        return await self._asked(frames.SEND, self._new_id(), body)

    async def reply(self, req_id: str, message: Json) -> Frame | None:
        """Answer a message; None when it is too late for that, and only a message of its own will do."""
        try:
            return await self._asked(frames.RESPOND, req_id, _as_reply(message, self._new_id))
        except PlatformRejectedError as exc:
            if exc.code not in errors.ANSWER_OVER:
                raise
            _log.info("robot.reply_too_late", platform=codes.PLATFORM, code=exc.code)
            return None

    async def change(self, req_id: str, template_card: Json) -> None:
        """Change the card that was tapped, for everybody who sees it."""
        body = {"response_type": "update_template_card", "template_card": template_card}
        await self._asked(frames.UPDATE, req_id, body)

    async def welcome(self, req_id: str, text: str) -> None:
        """Greet somebody who has just opened the chat."""
        await self._asked(frames.WELCOME, req_id, {"msgtype": "text", "text": {"content": text}})

    async def upload(self, data: bytes, *, kind: str, filename: str) -> str:
        """Bring a file to the platform, in pieces; the id under which it can be shown."""
        pieces = [data[at : at + _PIECE] for at in range(0, len(data), _PIECE)]
        digest = hashlib.md5(data, usedforsecurity=False).hexdigest()
        about = {"type": kind, "filename": filename, "total_size": len(data), "total_chunks": len(pieces)}
        begun = await self._asked("aibot_upload_media_init", self._new_id(), {**about, "md5": digest})
        upload_id = str(begun.body.get("upload_id", ""))
        for index, piece in enumerate(pieces):
            written = base64.b64encode(piece).decode()
            body = {"upload_id": upload_id, "chunk_index": index, "base64_data": written}
            await self._asked("aibot_upload_media_chunk", self._new_id(), body)
        ended = await self._asked("aibot_upload_media_finish", self._new_id(), {"upload_id": upload_id})
        return str(ended.body.get("media_id", ""))

    async def _asked(self, cmd: str, req_id: str, body: Json) -> Frame:
        for tried in range(_TRIES):
            answer = await self._connection.ask(cmd, req_id, body)
            if answer.code == 0:
                return answer
            if answer.code != errors.CONCURRENT or tried == _TRIES - 1:
                raise errors.error_of(-1 if answer.code is None else answer.code, answer.text)
            await self._sleep(_PAUSE_S)
        raise AssertionError  # pragma: no cover - the loop returns or raises


#: What a customer wrote must not become a link, a mention or a colour.
_LINK, _TAG = re.compile(r"\](?=\s*[(\[])"), re.compile(r"<(?=\s*[/@a-zA-Z])")


def markdown(text: str) -> Json:
    """Give a text that shows as it is written."""
    shown = _TAG.sub("＜", _LINK.sub("］", visible(text))).strip()
    if not shown:
        codes.refuse("text", "there is nothing to say")
    return {"msgtype": "markdown", "markdown": {"content": cut_bytes(shown, MARKDOWN_MAX)}}


def card(template_card: Json) -> Json:
    """Wrap a card."""
    return {"msgtype": "template_card", "template_card": template_card}


def image(media_id: str) -> Json:
    """Wrap a picture."""
    return {"msgtype": "image", "image": {"media_id": media_id}}


def _as_reply(message: Json, new_id: Callable[[], str]) -> Json:
    """Answer in words as a stream that is finished at once; it quotes the question in a group."""
    if message["msgtype"] != "markdown":
        return message
    stream = {"id": new_id(), "finish": True, "content": message["markdown"]["content"]}
    return {"msgtype": "stream", "stream": stream}
