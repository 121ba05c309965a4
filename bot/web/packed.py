"""A body that may come packed: unpacked only as far as it may be large."""

from __future__ import annotations

import zlib

from aiohttp import hdrs, web

from bot.web.body import BadBodyError, read_bytes
from bot.web.pages.texts import BODY_UNREADABLE, BODY_WRONG_KIND

_GZIP = 16 + zlib.MAX_WBITS


async def read_unpacked(request: web.Request, most: int) -> bytes:
    """The body, unpacked; BadBodyError 413 above `most` bytes on either side of it."""
    how = request.headers.get(hdrs.CONTENT_ENCODING, "identity").strip().lower()
    if how not in ("identity", "gzip"):
        raise BadBodyError(415, BODY_WRONG_KIND)
    body = await read_bytes(request, most)
    return unpack(body, most) if how == "gzip" else body


def unpack(body: bytes, most: int) -> bytes:
    """Undo gzip: one whole member, no more than `most` bytes, however small it came."""
    tool = zlib.decompressobj(_GZIP)
    try:
        found = tool.decompress(body, most + 1)
    except zlib.error as exc:
        raise BadBodyError(400, BODY_UNREADABLE) from exc
    if len(found) > most:
        raise BadBodyError(413, BODY_UNREADABLE)
    if not tool.eof or tool.unused_data:
        raise BadBodyError(400, BODY_UNREADABLE)
    return found
