"""The WebSocket endpoint under which the robot's program connects."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine

from aiohttp import WSCloseCode, WSMsgType, web

from bot.simulator.wecom.robot.line import Line, Link

PATH = "/aibot"
#: Seconds without a frame after which a connection is given up; the platform asks for a ping each 30 s.
#: A ping of WebSocket itself is no sign of life.
_SILENCE_S = 100.0
#: Bytes; a piece of 512 KB in base64, with its frame.
_LARGEST_FRAME = 1 << 20


class _SocketWire:
    """A WebSocket as the line needs it."""

    def __init__(self, ws: web.WebSocketResponse, request: web.Request) -> None:
        self._ws = ws
        self._request = request

    async def send(self, frame: str) -> bool:
        try:
            await self._ws.send_str(frame)
        except (ConnectionError, RuntimeError):
            return False
        return True

    async def close(self) -> None:
        await self._ws.close(code=WSCloseCode.OK)

    def abort(self) -> None:
        if self._request.transport is not None:
            self._request.transport.abort()


class RobotSocket:
    """Takes connections and hands their frames to the line."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._frames: set[asyncio.Task[None]] = set()

    async def answer(self, request: web.Request) -> web.StreamResponse:
        """One connection, from its opening to its end."""
        if self._line.is_cut:
            raise web.HTTPServiceUnavailable
        ws = web.WebSocketResponse(max_msg_size=_LARGEST_FRAME, receive_timeout=_SILENCE_S, compress=False)
        await ws.prepare(request)
        link = self._line.joined(_SocketWire(ws, request))
        try:
            await self._listen(ws, link)
        except TimeoutError:
            await ws.close(code=WSCloseCode.GOING_AWAY, message=b"no heartbeat")
        finally:
            self._line.left(link)
        return ws

    async def close(self, _app: web.Application) -> None:
        """Let all connections go, so that the server can stop."""
        for task in self._frames:
            task.cancel()
        await asyncio.gather(*self._frames, return_exceptions=True)
        await self._line.close()

    async def _listen(self, ws: web.WebSocketResponse, link: Link) -> None:
        async for message in ws:
            if message.type is WSMsgType.TEXT:
                # Frames are not answered one after the other: a client that does not wait is told so.
                self._start(self._line.take(link, message.data))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._frames.add(task)
        task.add_done_callback(self._frames.discard)
