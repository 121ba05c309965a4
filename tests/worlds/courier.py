"""Carries what the platform tells to a process of ours: sealed, three tries, twice, late, out of order."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from aiohttp import HttpVersion11, web
from aiohttp.http_parser import RawRequestMessage
from aiohttp.streams import StreamReader
from multidict import CIMultiDict, CIMultiDictProxy
from yarl import URL

from bot.kit.wecom_box import WeComBox
from bot.kit.xml import parse, render
from bot.simulator.wecom.postman import Patience
from bot.web.server import MAX_BODY
from tests.worlds.loop import Process
from tests.worlds.platform import Platform

#: Seconds that the platform waits for an answer; it comes three times in all.
_PATIENCE, _TRIES = 5.0, 3
#: Seconds by which a late one is late; a duplicate comes within half an hour, sometimes after hours.
_LATE, _AGAIN, _HOURS = (0.5, 50.0), (0.0, 1800.0), (3600.0, 40_000.0)


class Door:
    """The HTTP application of one process, entered above its sockets."""

    def __init__(self, process: Process, app: web.Application) -> None:
        self.process = process
        self._app = app
        app.freeze()

    async def ask(
        self, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None,
        *, remote: str = "192.0.2.7", within: float = _PATIENCE,
    ) -> web.Response | None:  # fmt: skip
        """The answer, or None when none came in time; what was begun goes on."""
        content = StreamReader(_PROTOCOL, 2**16, loop=asyncio.get_running_loop())
        content.feed_data(body)
        content.feed_eof()
        given = {"Host": "bot.invalid", "Content-Length": str(len(body)), **(headers or {})}
        task = self.process.start(self._handled(_message(method, path, given), content, remote))
        await asyncio.wait({task}, timeout=within)
        if not task.done():
            return None
        try:
            answer = task.result()
        except web.HTTPException as exc:
            return exc
        assert isinstance(answer, web.Response)
        return answer

    async def _handled(
        self, message: RawRequestMessage, content: StreamReader, remote: str
    ) -> web.StreamResponse:
        loop = asyncio.get_running_loop()
        task = asyncio.current_task()
        assert task is not None
        request = web.Request(
            message, content, _PROTOCOL, _PROTOCOL, task, loop, client_max_size=MAX_BODY, host="bot.invalid",
            scheme="https", remote=remote,
        )  # fmt: skip
        return await self._app._handle(request)


class _Protocol:
    """Stands where aiohttp's connection does: the body is here already, nothing is held back."""

    _reading_paused = False
    transport = None
    ssl_context = None
    peername = sockname = None

    def resume_reading(self, **_: bool) -> None:
        """It was never held back."""

    def __getattr__(self, name: str) -> Any:
        msg = f"a handler asked the connection for {name}"
        raise AttributeError(msg)


_PROTOCOL: Any = _Protocol()


def _message(method: str, path: str, headers: dict[str, str]) -> RawRequestMessage:
    raw = tuple((name.encode(), value.encode()) for name, value in headers.items())
    return RawRequestMessage(
        method, path, HttpVersion11, CIMultiDictProxy(CIMultiDict(headers)), raw,
        should_close=False, compression=None, upgrade=False, chunked=False, url=URL(path),
    )  # fmt: skip


def key_of(plain: bytes) -> str:
    """The name under which the event has to be kept: its number, else the digest of its text."""
    number = parse(plain).value("MsgId")
    return number or hashlib.sha256(plain).hexdigest()


class Courier:
    """Stands where the simulator's postman does."""

    def __init__(self, platform: Platform, doors: Callable[[], list[Door]]) -> None:
        self._platform = platform
        self._doors = doors
        self.patience = Patience()
        self.under_way = 0
        app = platform.world.app
        self._box = WeComBox(app.token, app.aes_key, app.corp_id)

    def post(self, plain: bytes) -> asyncio.Task[bool]:
        """Tell the app of one event."""
        key = key_of(plain)
        self._platform.wire.write("event", key=key, kind=_kind(plain))
        return self._platform.process.start(self._carry(plain, key))

    async def _carry(self, plain: bytes, key: str) -> bool:
        self.under_way += 1
        try:
            weather, chance = self._platform.weather, self._platform.chance
            await asyncio.sleep(chance.uniform(0.01, 0.2))
            if weather.strikes("late"):
                await asyncio.sleep(chance.uniform(*_LATE))
            return await self._deliver(plain, key)
        finally:
            self.under_way -= 1

    async def _deliver(self, plain: bytes, key: str) -> bool:
        weather, chance = self._platform.weather, self._platform.chance
        for _ in range(_TRIES):
            taken = await self._try(plain, key)
            if taken and not weather.strikes("ack_lost"):
                if weather.strikes("duplicate"):
                    self._again(plain, key)
                return True
            await asyncio.sleep(chance.uniform(0.5, 2.0))
        return False

    def _again(self, plain: bytes, key: str) -> None:
        chance = self._platform.chance
        spans = [chance.choice((0.0, chance.uniform(*_AGAIN))) for _ in range(chance.choice((1, 1, 2, 6)))]
        if chance.random() < 0.1:
            spans.append(chance.uniform(*_HOURS))
        loop = asyncio.get_running_loop()
        for span in spans:
            loop.call_later(span, lambda: self._platform.process.start(self._try(plain, key)))

    async def _try(self, plain: bytes, key: str) -> bool:
        platform = self._platform
        doors = self._doors()
        if not doors:
            return False
        chance, world = platform.chance, platform.world
        stamp, nonce = str(int(world.now().timestamp())), "".join(chance.choices("0123456789", k=10))
        sealed = self._box.seal(plain, timestamp=stamp, nonce=nonce, random16=chance.randbytes(16))
        envelope = {
            "ToUserName": world.app.corp_id, "AgentID": str(world.app.agent_id), "Encrypt": sealed.encrypted
        }  # fmt: skip
        query = urlencode({"msg_signature": sealed.signature, "timestamp": stamp, "nonce": nonce})
        door = chance.choice(doors)
        answer = await door.ask("POST", f"/callback/wecom?{query}", render(envelope))
        if answer is not None:
            platform.wire.write("answered", key=key, status=answer.status)
        return answer is not None and answer.status == 200


def _kind(plain: bytes) -> str:
    read = parse(plain)
    parts = (read.value(name) for name in ("MsgType", "Event", "ChangeType"))
    return ".".join(part for part in parts if part)
