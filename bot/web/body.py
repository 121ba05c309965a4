"""The body of a form: JSON or form-encoded, bounded in size and in time."""

from __future__ import annotations

import asyncio
from urllib.parse import parse_qsl

import orjson
from aiohttp import web

from bot.web.pages.texts import BODY_SLOW, BODY_TOO_LARGE, BODY_UNREADABLE, BODY_WRONG_KIND

MOST = 64 * 1024
#: Seconds for the whole body, also over a bad mobile line.
_WITHIN = 10.0
_MOST_FIELDS = 200
#: What browsers here send.
_CHARSETS = frozenset(
    ("utf-8", "utf8", "us-ascii", "ascii", "iso-8859-1", "gbk", "gb2312", "gb18030", "big5")
)
_FORM = "application/x-www-form-urlencoded"


class BadBodyError(Exception):
    """The body cannot be read; the text is for whoever sent it."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


async def read_body(request: web.Request) -> dict[str, object]:
    """The fields by name; a name that comes several times has a list."""
    kind = request.content_type
    if kind != _FORM and not kind.endswith(("/json", "+json")):
        raise BadBodyError(415, BODY_WRONG_KIND)
    body = await read_bytes(request)
    try:
        return _form(body, _charset(request)) if kind == _FORM else _document(body)
    except (ValueError, LookupError, RecursionError) as exc:
        raise BadBodyError(400, BODY_UNREADABLE) from exc


async def read_bytes(request: web.Request, most: int = MOST) -> bytes:
    """The body as it came; BadBodyError if it is too large or too slow."""
    if (request.content_length or 0) > most:
        raise BadBodyError(413, BODY_TOO_LARGE)
    body = bytearray()
    try:
        async with asyncio.timeout(_WITHIN):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > most:
                    raise BadBodyError(413, BODY_TOO_LARGE)
    except TimeoutError as exc:
        raise BadBodyError(408, BODY_SLOW) from exc
    return bytes(body)


def _charset(request: web.Request) -> str:
    """How a form spells its letters. Python knows codecs that are no spelling, or cost a second of work."""
    named = (request.charset or "utf-8").lower()
    if named not in _CHARSETS:
        raise BadBodyError(415, BODY_WRONG_KIND)
    return named


def _document(body: bytes) -> dict[str, object]:
    document = orjson.loads(body)
    if not isinstance(document, dict):
        msg = "not an object"
        raise ValueError(msg)  # noqa: TRY004 - a matter of what was sent, as all others here
    return document


def _form(body: bytes, charset: str) -> dict[str, object]:
    pairs = parse_qsl(
        body.decode("ascii"),
        keep_blank_values=True,
        encoding=charset,
        errors="strict",
        max_num_fields=_MOST_FIELDS,
    )
    fields: dict[str, object] = {}
    for name, value in pairs:
        before = fields.get(name)
        fields[name] = (
            value if before is None else [*before, value] if isinstance(before, list) else [before, value]
        )
    return fields
