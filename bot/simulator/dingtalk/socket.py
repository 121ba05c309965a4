"""The two addresses of Stream mode: opening a connection, and the WebSocket itself."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus

from aiohttp import WSMsgType, web

from bot.kit.clock import Monotonic
from bot.simulator.dingtalk.codes import RefusedError
from bot.simulator.dingtalk.gateway import Gateway
from bot.simulator.dingtalk.model import Json
from bot.simulator.dingtalk.world import World, json_of

OPEN_PATH, CONNECT_PATH = "/v1.0/gateway/connections/open", "/connect"
#: Bytes.
_LARGEST_FRAME = 1 << 20


class _SocketWire:
    def __init__(self, ws: web.WebSocketResponse, request: web.Request) -> None:
        self._ws = ws
        self._request = request

    async def send(self, frame: str) -> bool:
        try:
            await self._ws.send_str(frame)
        except (ConnectionError, RuntimeError):
            return False
        return True

    async def close(self, code: int) -> None:
        await self._ws.close(code=code)

    def abort(self) -> None:
        if self._request.transport is not None:
            self._request.transport.abort()


class Socket:
    """Opens connections and hands their frames to the gateway."""

    def __init__(self, world: World, gateway: Gateway, *, monotonic: Monotonic) -> None:
        self._world = world
        self._gateway = gateway
        self._monotonic = monotonic

    def routes(self) -> list[web.RouteDef]:
        """Both addresses."""
        return [web.post(OPEN_PATH, self.open), web.get(CONNECT_PATH, self.connect)]

    async def open(self, request: web.Request) -> web.Response:
        """Give a ticket; 401 with `authFailed` for a wrong secret, 503 while the fault is on."""
        started = self._monotonic()
        try:
            body = json_of(json.loads(await request.read() or b"{}"))
        except ValueError:
            body = {}
        status, answer = self._opened(body)
        self._world.log(
            direction="call", method="POST", path=OPEN_PATH, request=body, response=answer, status=status,
            seconds=self._monotonic() - started, note="",
        )  # fmt: skip
        return web.json_response(answer, status=status)

    def _opened(self, body: Json) -> tuple[int, Json]:
        if self._world.faults.take("ding_refuse") or self._gateway.is_cut:
            busy = {"code": "ServiceUnavailable", "requestid": self._world.uuid(), "message": "system busy"}
            return HTTPStatus.SERVICE_UNAVAILABLE, busy
        try:
            return HTTPStatus.OK, self._gateway.open(body)
        except RefusedError as refused:
            told = {"code": refused.code.new, "requestid": self._world.uuid(), "message": refused.code.text}
            return refused.code.status, told

    async def connect(self, request: web.Request) -> web.StreamResponse:
        """One connection, from its opening to its end."""
        slow = self._world.faults.take("ding_slow_handshake")
        if slow:
            await asyncio.sleep(slow.value)
        subscriptions = self._gateway.redeem(request.query.get("ticket", ""))
        if subscriptions is None:
            raise web.HTTPUnauthorized(text="invalid ticket")
        if self._gateway.is_cut:
            raise web.HTTPServiceUnavailable
        ws = web.WebSocketResponse(max_msg_size=_LARGEST_FRAME, autoping=False, compress=False)
        await ws.prepare(request)
        connection = self._gateway.joined(_SocketWire(ws, request), subscriptions)
        try:
            async for message in ws:
                if message.type is WSMsgType.TEXT:
                    self._gateway.take(connection, message.data)
                elif message.type is WSMsgType.PING and not self._is_mute():
                    await ws.pong(message.data)
        finally:
            self._gateway.left(connection)
        return ws

    def _is_mute(self) -> bool:
        return bool({"ding_no_pong", "ding_silent"} & set(self._world.faults.active))
