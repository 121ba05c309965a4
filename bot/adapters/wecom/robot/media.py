"""Fetch what somebody sent to the robot: from an address, under a key of its own.

https://developer.work.weixin.qq.com/document/path/100719
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from typing import Final

import aiohttp
from Crypto.Cipher import AES

from bot.adapters.wecom import codes
from bot.adapters.wecom.codes import PLATFORM
from bot.errors import AnswerLostError

#: Bytes; the platform takes files of 100 MB, which nobody needs to send to a bot.
LARGEST: Final = 20 * 1024 * 1024
_WITHIN_S = 30.0
_KEY_BYTES, _BLOCK, _OK = 32, 32, 200


async def fetch(session: aiohttp.ClientSession, url: str, key: str) -> bytes:
    """Give the bytes as they were sent; the address is good for five minutes.

    PlatformRejectedError if they cannot be had or opened, AnswerLostError if the way there broke.
    """
    if not url.startswith(("https://", "http://")):
        codes.refuse("media", "an address begins with http")
    try:
        async with asyncio.timeout(_WITHIN_S), session.get(url, allow_redirects=False) as response:
            if response.status != _OK:
                codes.refuse(f"http {response.status}", "文件已过期或取不到")
            sealed = await _bounded(response)
    except (aiohttp.ClientError, OSError, TimeoutError) as exc:
        # Not chained: some of them spell the address, which is as good as the file.
        raise AnswerLostError(PLATFORM, type(exc).__name__) from None
    return opened(sealed, key) if key else sealed


def opened(sealed: bytes, key: str) -> bytes:
    """Decrypt: AES-256-CBC, the key's head as IV, padded to whole blocks of 32 bytes."""
    raw = _key(key)
    if not sealed or len(sealed) % AES.block_size:
        codes.refuse("media", "the file is not made of whole blocks")
    padded = AES.new(raw, AES.MODE_CBC, iv=raw[:16]).decrypt(sealed)
    pad = padded[-1]
    if not 1 <= pad <= _BLOCK or not padded.endswith(bytes([pad]) * pad):
        codes.refuse("media", "the padding is broken; the key may belong to another file")
    return padded[:-pad]


def _key(text: str) -> bytes:
    """Decode a key; its base64 may lack the padding."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raw = b""
    if len(raw) != _KEY_BYTES:
        codes.refuse("media", "the key has the wrong length")
    return raw


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > LARGEST:
            codes.refuse("media", f"文件超过 {LARGEST // 1024 // 1024} MB")
        chunks.append(chunk)
    return b"".join(chunks)
