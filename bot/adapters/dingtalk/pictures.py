"""Pictures: uploaded once, shown by their id, which does not expire.

https://open.dingtalk.com/document/development/upload-media-files
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict

import structlog

from bot.adapters.dingtalk import codes
from bot.adapters.dingtalk.client import Client
from bot.chat.outbound import SendPicture
from bot.errors import AnswerLostError, PlatformBusyError

_KINDS = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"))
_REMEMBERED = 500

_log = structlog.get_logger()


class Pictures:
    """The uploads of this process, by content."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known: OrderedDict[str, str] = OrderedDict()

    async def address(self, outgoing: SendPicture) -> str:
        """Give what the platform shows it by: where it lies, or the id of its upload."""
        if outgoing.url:
            return outgoing.url
        kind = next((name for magic, name in _KINDS if outgoing.data.startswith(magic)), "")
        if not kind:
            codes.refuse("picture", "not a PNG or JPEG")
        name = hashlib.sha256(outgoing.data).hexdigest()
        if name not in self._known:
            self._known[name] = await self._upload(outgoing.data, kind, name)
            while len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        self._known.move_to_end(name)
        return self._known[name]

    async def _upload(self, data: bytes, kind: str, name: str) -> str:
        # Made of the content, so it cannot occur in it by chance.
        boundary = f"leadbell{name[:40]}"
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="type"\r\n\r\nimage\r\n'
            f'--{boundary}\r\nContent-Disposition: form-data; name="media"; filename="picture.{kind}"\r\n'
            f"Content-Type: image/{kind}\r\n\r\n"
        )
        body = head.encode() + data + f"\r\n--{boundary}--\r\n".encode()
        try:
            answer = await self._client.upload(
                "/media/upload", body, f"multipart/form-data; boundary={boundary}"
            )
        except AnswerLostError as exc:
            # An upload is seen by nobody: whether it got through does not matter.
            raise PlatformBusyError(codes.PLATFORM, codes.SOON, f"(upload: {exc})") from None
        media_id = answer.get("media_id")
        if not isinstance(media_id, str) or not media_id:
            raise PlatformBusyError(codes.PLATFORM, codes.SOON, "(upload: the answer holds no media_id)")
        _log.info("picture.uploaded", platform=codes.PLATFORM, size=len(data))
        return media_id
