"""Files that people send: behind an address, under a key of their own."""

from __future__ import annotations

import base64

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from Crypto.Cipher import AES

from bot.adapters.wecom.robot import media
from bot.errors import AnswerLostError, PlatformRejectedError

KEY = bytes(range(32))
WRITTEN = base64.b64encode(KEY).decode()


def sealed(data: bytes, key: bytes = KEY) -> bytes:
    pad = 32 - len(data) % 32
    return AES.new(key, AES.MODE_CBC, iv=key[:16]).encrypt(data + bytes([pad]) * pad)


@pytest.mark.parametrize("size", [0, 1, 15, 31, 32, 33, 1000])
@pytest.mark.parametrize("key", [WRITTEN, WRITTEN.rstrip("=")])
def test_a_file_is_opened_whole(size, key):
    """With or without the key's padding; the last block is padded to 32 bytes, not to 16."""
    data = bytes(i % 251 for i in range(size))

    assert media.opened(sealed(data), key) == data


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", WRITTEN),
        (b"x" * 17, WRITTEN),
        (sealed(b"x", bytes(32)), WRITTEN),
        (sealed(b"x"), "short"),
        (sealed(b"x"), ""),
    ],
)
def test_what_does_not_open_is_refused(data, key):
    with pytest.raises(PlatformRejectedError):
        media.opened(data, key)


async def test_a_file_is_fetched_or_said_to_be_gone():
    async def give(request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name == "large":
            return web.Response(body=b"x" * (media.LARGEST + 1))
        return web.Response(status=404) if name == "gone" else web.Response(body=sealed(b"\x89PNG"))

    app = web.Application()
    app.router.add_get("/{name}", give)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        assert await media.fetch(session, str(server.make_url("/here")), WRITTEN) == b"\x89PNG"
        with pytest.raises(PlatformRejectedError, match="404"):
            await media.fetch(session, str(server.make_url("/gone")), WRITTEN)
        with pytest.raises(PlatformRejectedError, match="MB"):
            await media.fetch(session, str(server.make_url("/large")), WRITTEN)
        with pytest.raises(PlatformRejectedError, match="http"):
            await media.fetch(session, "file:///etc/passwd", WRITTEN)
    async with aiohttp.ClientSession() as session:
        with pytest.raises(AnswerLostError):
            await media.fetch(session, "http://127.0.0.1:1/x", WRITTEN)
