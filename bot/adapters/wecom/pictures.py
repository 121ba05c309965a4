"""Pictures: uploaded once, kept by the platform for three days, shown by their id.

An equal request is swallowed for some hours, so a retry with the same id is safe, and the same
picture for another occasion takes another id.
https://developer.work.weixin.qq.com/document/path/90253 and 90236
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final, TypeVar

import structlog

from bot.adapters.wecom import codes
from bot.adapters.wecom.client import Client, Form
from bot.chat.outbound import IMAGE_MOST, SendPicture
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError
from bot.kit.clock import Monotonic

_KINDS: Final = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpeg"))
#: Seconds: three days less the time that a retry may take.
_KEPT_S: Final = 2.5 * 86_400
_REMEMBERED: Final = 500
_LEAST = 6
#: A boundary has at most 70 letters.
_BOUNDARY = 40
_K = TypeVar("_K")
_V = TypeVar("_V")

_log = structlog.get_logger()


class NoPictureError(PlatformRejectedError):
    """There is no picture to show, or the platform takes none: say what stands in for it."""


@dataclass(slots=True)
class _Upload:
    media_id: str
    until: float
    #: To whom it was shown, and for which occasion.
    shown: dict[str, str] = field(default_factory=dict)


class Pictures:
    """The uploads of this process: by content, and by who has seen them when."""

    def __init__(self, client: Client, monotonic: Monotonic) -> None:
        self._client = client
        self._monotonic = monotonic
        self._uploads: OrderedDict[str, list[_Upload]] = OrderedDict()
        #: What lay at an address, for the retries of one occasion: it may be drawn anew each time.
        self._fetched: OrderedDict[tuple[str, str], bytes] = OrderedDict()
        #: (receiver, occasion) where words stand in.
        self._worded: OrderedDict[tuple[str, str], bool] = OrderedDict()

    def is_known(self, outgoing: SendPicture) -> bool:
        """Say whether a second sending would be the very same request."""
        if self.is_worded(outgoing):
            return True
        data = outgoing.data or self._fetched.get((outgoing.url, outgoing.mark), b"")
        uploads = self._uploads.get(_name(data), ()) if data else ()
        return any(one.shown.get(outgoing.to) == outgoing.mark for one in uploads)

    def is_worded(self, outgoing: SendPicture) -> bool:
        """Say whether an earlier try found that words have to stand in."""
        return (outgoing.to, outgoing.mark) in self._worded

    def word(self, outgoing: SendPicture) -> None:
        """Let words stand in, at each further try too."""
        _remember(self._worded, (outgoing.to, outgoing.mark), True)

    async def bytes_of(self, outgoing: SendPicture) -> bytes:
        """Give the picture itself; NoPictureError if it is none."""
        place = (outgoing.url, outgoing.mark)
        data = outgoing.data or self._fetched.get(place) or await self._fetch(outgoing.url)
        if not outgoing.data:
            _remember(self._fetched, place, data)
        if not _LEAST <= len(data) <= IMAGE_MOST or not _kind(data):
            raise NoPictureError(codes.PLATFORM, "picture", "not a PNG or JPEG of at most 2 MB")
        return data

    async def media_id(self, outgoing: SendPicture) -> str:
        """Give the id under which the platform shows it, the same for each try of one occasion."""
        data = await self.bytes_of(outgoing)
        name, now = _name(data), self._monotonic()
        live = [one for one in self._uploads.get(name, ()) if one.until > now]
        free = (one for one in live if one.shown.get(outgoing.to, outgoing.mark) == outgoing.mark)
        found = next(free, None)
        if found is None:
            found = _Upload(await self._upload(data), now + _KEPT_S)
            live.append(found)
        found.shown[outgoing.to] = outgoing.mark
        _remember(self._uploads, name, live)
        return found.media_id

    async def _fetch(self, url: str) -> bytes:
        try:
            return await self._client.download(url, IMAGE_MOST)
        except PlatformRejectedError as exc:
            raise NoPictureError(codes.PLATFORM, exc.code, str(exc)) from None

    async def _upload(self, data: bytes) -> str:
        try:
            answer = await self._client.upload("/cgi-bin/media/upload", _form(data), type="image")
        except AnswerLostError as exc:
            # An upload is seen by nobody: whether it got through does not matter.
            raise PlatformBusyError(codes.PLATFORM, codes.SOON, f"(upload: {exc})") from None
        except PlatformRejectedError as exc:
            raise NoPictureError(codes.PLATFORM, exc.code, str(exc)) from None
        media_id = answer.get("media_id")
        if not isinstance(media_id, str) or not media_id:
            raise PlatformBusyError(codes.PLATFORM, codes.SOON, "(upload: the answer holds no media_id)")
        _log.info("picture.uploaded", platform=codes.PLATFORM, size=len(data))
        return media_id


def _kind(data: bytes) -> str:
    return next((name for magic, name in _KINDS if data.startswith(magic)), "")


def _name(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _form(data: bytes) -> Form:
    """Spell a form of one file; its boundary is made of the content, so it cannot occur in it by chance."""
    kind, boundary = _kind(data), f"leadbell{_name(data)[:_BOUNDARY]}"
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="media"; filename="picture.{kind}"; '
        f"filelength={len(data)}\r\nContent-Type: image/{kind}\r\n\r\n"
    )
    body = head.encode() + data + f"\r\n--{boundary}--\r\n".encode()
    return Form(body, f"multipart/form-data; boundary={boundary}")


def _remember(kept: OrderedDict[_K, _V], key: _K, value: _V) -> None:
    kept[key] = value
    kept.move_to_end(key)
    while len(kept) > _REMEMBERED:
        kept.popitem(last=False)
