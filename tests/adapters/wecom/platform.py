"""A stand-in for the platform: it answers what a test tells it, and remembers what it was asked."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.adapters.wecom import ADAPTER
from bot.chat.adapter import Adapter, Means
from bot.chat.inbound import Delivery
from bot.kit.ids import seeded_random_bytes
from bot.kit.wecom_box import WeComBox
from bot.kit.xml import render

CORP_ID = "wwtestcorp0000001"
TOKEN = "kjr2TKI8umCBfVF3"
AES_KEY = "4Ma3YBrSBbX2aez8MJpXGBne5LSDwgGqHbhM9WPYIws"
SECRET = "s3cr3t-of-the-app-000"
NOW = datetime(2026, 11, 18, 11, 30, tzinfo=timezone.utc)
BOX = WeComBox(TOKEN, AES_KEY, CORP_ID)

Answer = Callable[[web.Request, dict[str, Any]], Awaitable[web.StreamResponse]]


def settings(**changes: Any) -> dict[str, Any]:
    block = {"corp_id": CORP_ID, "agent_id": 1000002, "secret": SECRET, "token": TOKEN, "aes_key": AES_KEY}
    return {**block, **changes}


class HandMonotonic:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def adapter(monotonic: Callable[[], float] | None = None, **changes: Any) -> Adapter:
    means = Means(lambda: NOW, monotonic or HandMonotonic(), seeded_random_bytes(1))
    return ADAPTER.build(ADAPTER.config(**settings(**changes)), means)


def delivery(plain: bytes, *, at: datetime = NOW, box: WeComBox = BOX, to: str = CORP_ID) -> Delivery:
    """Seal `plain` as the platform does and put it into a request."""
    sealed = box.seal(plain, timestamp=str(int(at.timestamp())), nonce="n0nce", random16=b"0123456789abcdef")
    query = (
        ("msg_signature", sealed.signature),
        ("timestamp", sealed.timestamp),
        ("nonce", sealed.nonce),
    )
    body = render({"ToUserName": to, "AgentID": "1000002", "Encrypt": sealed.encrypted})
    return Delivery("POST", query, {}, body)


@dataclass
class Platform:
    """What was asked, and what is answered next; `ok` when nothing is said."""

    asked: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    answers: dict[str, list[dict[str, Any] | Answer]] = field(default_factory=dict)
    always: dict[str, dict[str, Any] | Answer] = field(default_factory=dict)
    tokens_given: int = 0
    url: str = ""

    def answer(self, path: str, *answers: dict[str, Any] | Answer) -> None:
        self.answers.setdefault(path, []).extend(answers)

    def bodies(self, path: str) -> list[dict[str, Any]]:
        return [json.loads(body) for asked, _, body in self.asked if asked == path]

    def count(self, path: str) -> int:
        return sum(asked == path for asked, _, _ in self.asked)

    async def handle(self, request: web.Request) -> web.StreamResponse:
        raw = await request.read()
        self.asked.append((request.path, dict(request.query), raw))
        waiting = self.answers.get(request.path)
        answer = waiting.pop(0) if waiting else self.always.get(request.path)
        if answer is None:
            answer = self._default(request.path)
        if callable(answer):
            return await answer(request, {})
        return web.json_response(answer)

    def _default(self, path: str) -> dict[str, Any]:
        if path == "/cgi-bin/gettoken":
            self.tokens_given += 1
            token = f"T{self.tokens_given}"
            return {"errcode": 0, "errmsg": "ok", "access_token": token, "expires_in": 7200}
        return {"errcode": 0, "errmsg": "ok", "msgid": "MSG1"}


@asynccontextmanager
async def running() -> AsyncIterator[Platform]:
    platform = Platform()
    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", platform.handle)
    server = TestServer(app)
    await server.start_server()
    platform.url = str(server.make_url("")).rstrip("/")
    try:
        yield platform
    finally:
        await server.close()


def status(code: int, body: bytes = b"<html>oops</html>", **headers: str) -> Answer:
    async def answer(_request: web.Request, _body: dict[str, Any]) -> web.StreamResponse:
        return web.Response(
            status=code, body=body, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )

    return answer


async def hang_up(request: web.Request, _body: dict[str, Any]) -> web.StreamResponse:
    """Act, and drop the connection before a byte of the answer."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


def after(span: timedelta) -> Answer:
    async def answer(_request: web.Request, _body: dict[str, Any]) -> web.StreamResponse:
        await asyncio.sleep(span.total_seconds())
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    return answer
