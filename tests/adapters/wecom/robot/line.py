"""The platform's end of the long connection, in memory and in hand-pushed time, or behind a real socket."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta, timezone
from typing import Any

from aiohttp import WSMsgType, web
from aiohttp.test_utils import TestServer

from bot.adapters.wecom import ADAPTER
from bot.adapters.wecom.config import Config
from bot.adapters.wecom.robot.robot import Robot
from bot.adapters.wecom.robot.socket import BrokenError
from bot.chat.adapter import Means
from bot.chat.inbound import Accepted
from bot.errors import StoreBusyError
from bot.kit.ids import seeded_random_bytes

START = datetime(2026, 11, 18, 2, 0, tzinfo=timezone.utc)
BOT_ID, BOT_SECRET = "aib-7", "r0b0t-s3cret"


class Time:
    """Seconds that pass when a test says so; everything that sleeps wakes in order."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._sleeping: list[tuple[float, int, asyncio.Future[None]]] = []
        self._n = 0

    def __call__(self) -> float:
        return self.now

    def clock(self) -> datetime:
        return START + timedelta(seconds=self.now - 1000.0)

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._n += 1
        self._sleeping.append((self.now + seconds, self._n, future))
        await future

    async def pass_(self, seconds: float) -> None:
        end = self.now + seconds
        while True:
            await settle()
            due = sorted(s for s in self._sleeping if s[0] <= end and not s[2].done())
            self._sleeping = [s for s in self._sleeping if not s[2].done()]
            if not due:
                break
            self.now = max(self.now, due[0][0])
            due[0][2].set_result(None)
        self.now = end
        await settle()


async def settle(rounds: int = 30) -> None:
    for _ in range(rounds):
        await asyncio.sleep(0)


class Line:
    """One connection as the platform has it: acknowledges what it is told to, and remembers everything."""

    def __init__(self, answers: dict[str, list[Any]] | None = None) -> None:
        #: cmd to what is answered next: a code, None for silence, a function for anything else.
        self.answers = answers if answers is not None else {}
        self.heard: list[dict[str, Any]] = []
        self.is_closed = False
        self._to_client: deque[str] = deque()
        self._something = asyncio.Event()
        self._n = 0

    # As the client sees it.
    async def send(self, frame: str) -> None:
        if self.is_closed:
            msg = "closed"
            raise BrokenError(msg)
        told = json.loads(frame)
        self.heard.append(told)
        waiting = self.answers.get(told["cmd"])
        answer = waiting.pop(0) if waiting else 0
        if callable(answer):
            answer = answer(told)
        if answer is not None:
            body = answer if isinstance(answer, dict) else None
            self.say(ack(told, 0 if body is not None else answer, body))

    async def receive(self) -> str:
        while not self._to_client:
            if self.is_closed:
                msg = "closed_1006"
                raise BrokenError(msg)
            self._something.clear()
            await self._something.wait()
        return self._to_client.popleft()

    async def close(self) -> None:
        self.drop()

    # As the platform sees it.
    def say(self, frame: dict[str, Any]) -> None:
        self._to_client.append(json.dumps(frame, ensure_ascii=False))
        self._something.set()

    def drop(self) -> None:
        self.is_closed = True
        self._something.set()

    def calls_back(self, body: dict[str, Any], *, cmd: str = "", req_id: str = "") -> str:
        self._n += 1
        req_id = req_id or f"req-{self._n}"
        kind = cmd or ("aibot_event_callback" if body.get("msgtype") == "event" else "aibot_msg_callback")
        self.say({"cmd": kind, "headers": {"req_id": req_id}, "body": body})
        return req_id

    def of(self, cmd: str) -> list[dict[str, Any]]:
        return [frame for frame in self.heard if frame["cmd"] == cmd]


def ack(told: dict[str, Any], code: int = 0, body: dict[str, Any] | None = None) -> dict[str, Any]:
    answer = {
        "headers": {"req_id": told["headers"]["req_id"]},
        "errcode": code,
        "errmsg": "ok" if code == 0 else "no",
    }
    return answer if body is None else {**answer, "body": body}


class Hall:
    """Whoever runs the stream: keeps what comes, and counts."""

    def __init__(self) -> None:
        self.kept: list[Accepted] = []
        self.counted: list[tuple[str, str]] = []
        self.opened_times = 0
        self.is_busy = False
        self.before_keep: Callable[[Accepted], None] | None = None

    async def keep(self, accepted: Accepted) -> None:
        if self.is_busy:
            raise StoreBusyError
        if self.before_keep is not None:
            self.before_keep(accepted)
        self.kept.append(accepted)

    def opened(self) -> None:
        self.opened_times += 1

    def count(self, name: str, reason: str) -> None:
        self.counted.append((name, reason))

    def greeting(self) -> str:
        return "我是客铃机器人"


def text(
    said: str, *, msg_id: str = "m1", user: str = "0254571", chat: str = "", **more: Any
) -> dict[str, Any]:
    where = {"chattype": "group", "chatid": chat} if chat else {"chattype": "single"}
    return {"msgid": msg_id, "aibotid": BOT_ID, **where, "from": {"userid": user}, "msgtype": "text",
            "text": {"content": said}, **more}  # fmt: skip


def event(
    kind: str, told: dict[str, Any] | None = None, *, msg_id: str = "e1", user: str = "mei", chat: str = ""
) -> dict[str, Any]:
    where = {"chattype": "group", "chatid": chat} if chat else {"chattype": "single"}
    return {"msgid": msg_id, "aibotid": BOT_ID, "create_time": 1_795_001_400, **where, "from": {"userid": user},
            "msgtype": "event", "event": {"eventtype": kind} | ({kind: told} if told is not None else {})}  # fmt: skip


def tap(
    key: str = "sealed", *, task_id: str = "card-1", msg_id: str = "t1", user: str = "mei", chat: str = ""
) -> dict[str, Any]:
    told = {"card_type": "button_interaction", "event_key": key, "task_id": task_id}
    return event("template_card_event", told, msg_id=msg_id, user=user, chat=chat)


def settings(**changes: Any) -> Config:
    config = ADAPTER.config(**{"bot_id": BOT_ID, "bot_secret": BOT_SECRET, **changes})
    assert isinstance(config, Config)
    return config


def robot(time: Time, lines: list[Line], **changes: Any) -> Robot:
    """A robot whose next connections are these; without any left nobody is there."""

    async def open_socket(url: str) -> Line:
        if not lines:
            msg = "ClientConnectorError"
            raise BrokenError(msg)
        return lines.pop(0)

    means = Means(time.clock, time, seeded_random_bytes(3), open_socket=open_socket)
    return Robot(settings(**changes), means, sleep=time.sleep)


@asynccontextmanager
async def serving(take: Callable[[web.WebSocketResponse], Any]):
    """A WebSocket server whose connections are handled by `take`; gives its address."""

    async def handle(request: web.Request) -> web.WebSocketResponse:
        ws = web.WebSocketResponse()
        await ws.prepare(request)
        await take(ws)
        return ws

    app = web.Application()
    app.router.add_get("/", handle)
    server = TestServer(app)
    await server.start_server()
    try:
        yield str(server.make_url("/")).replace("http://", "ws://")
    finally:
        await server.close()


async def acknowledge(ws: web.WebSocketResponse, frames: list[dict[str, Any]]) -> None:
    """Say yes to everything until the end."""
    async for message in ws:
        if message.type is not WSMsgType.TEXT:
            continue
        told = json.loads(message.data)
        frames.append(told)
        await ws.send_json(ack(told))
