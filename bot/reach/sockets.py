"""How frames travel: a WebSocket, or whatever a test puts in its place."""

from __future__ import annotations

import asyncio
from typing import Final, Protocol

import aiohttp

#: Seconds until a connection stands.
_OPEN_WITHIN: Final = 10.0
#: Bytes of one frame.
_LARGEST: Final = 4 * 1024 * 1024


class BrokenError(Exception):
    """The connection could not be had, or is gone; the text says in a word what happened."""


class Socket(Protocol):
    """One connection."""

    async def send(self, frame: str) -> None:
        """Put a frame on its way; BrokenError if the connection is gone."""

    async def receive(self) -> str:
        """Give the next frame; BrokenError at the end."""

    async def close(self) -> None:
        """End it; a second time does nothing."""


class _WebSocket:
    def __init__(self, session: aiohttp.ClientSession, ws: aiohttp.ClientWebSocketResponse) -> None:
        self._session = session
        self._ws = ws

    async def send(self, frame: str) -> None:
        if self._ws.closed:
            msg = "closed"
            raise BrokenError(msg)
        try:
            await self._ws.send_str(frame)
        except (aiohttp.ClientError, OSError, RuntimeError) as exc:
            raise BrokenError(type(exc).__name__) from None

    async def receive(self) -> str:
        message = await self._ws.receive()
        if message.type is aiohttp.WSMsgType.TEXT:
            return str(message.data)
        if message.type is aiohttp.WSMsgType.BINARY:
            return bytes(message.data).decode(errors="replace")
        code = self._ws.close_code
        raise BrokenError(
            "error" if message.type is aiohttp.WSMsgType.ERROR else f"closed_{code or 'abnormal'}"
        )

    async def close(self) -> None:
        try:
            # A peer that is half dead must not keep us waiting.
            async with asyncio.timeout(2):
                await self._ws.close()
        except TimeoutError:
            pass
        finally:
            await self._session.close()


async def open_socket(url: str, *, ping_s: float | None, proxy: str = "") -> Socket:
    """Connect; BrokenError if nobody is there or we are not let in.

    `ping_s`: seconds between pings of WebSocket itself, where a pong that is half of that late ends the
    connection; None where the platform's heartbeat is a frame of its own.
    """
    session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
    try:
        async with asyncio.timeout(_OPEN_WITHIN):
            ws = await session.ws_connect(
                url, max_msg_size=_LARGEST, autoping=True, heartbeat=ping_s, proxy=proxy or None
            )
    except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as exc:
        await session.close()
        raise BrokenError(type(exc).__name__) from None
    except BaseException:
        await session.close()
        raise
    return _WebSocket(session, ws)
