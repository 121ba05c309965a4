"""A language model's server as it is documented: it says what it was told to say."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiohttp import web

from bot.adapters.model.completions import Completions, build
from bot.adapters.model.config import Config


class ModelServer:
    """Keeps what it was asked, and answers as it was told."""

    def __init__(self) -> None:
        self.url = ""
        self.says: Any = {"metrics": []}
        self.status = 200
        self.raw: bytes | None = None
        self.redirect = ""
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._held: asyncio.Event | None = None
        #: Those who wait for an answer.
        self.waiting = asyncio.Semaphore(0)

    async def answer(self, request: web.Request) -> web.Response:
        self.asked.append(await request.json())
        self.headers.append(dict(request.headers))
        self.waiting.release()
        if self._held is not None:
            await self._held.wait()
        if self.redirect:
            return web.Response(status=307, headers={"Location": self.redirect})
        if self.raw is not None:
            return web.Response(status=self.status, body=self.raw)
        said = self.says if isinstance(self.says, str) else json.dumps(self.says, ensure_ascii=False)
        message = {"role": "assistant", "content": said}
        return web.json_response({"choices": [{"index": 0, "message": message}]}, status=self.status)

    def hold(self) -> None:
        """Answer nobody until released."""
        self._held = asyncio.Event()

    def release(self) -> None:
        if self._held is not None:
            self._held.set()

    def client(self, **settings: Any) -> Completions:
        return build(Config.model_validate({"url": self.url, "name": "small", "key": "sesame", **settings}))


@asynccontextmanager
async def running() -> AsyncIterator[ModelServer]:
    """Listen on a port of this machine."""
    made = ModelServer()
    app = web.Application()
    app.router.add_post("/v1/chat/completions", made.answer)
    app.router.add_post("/elsewhere", made.answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
    try:
        yield made
    finally:
        made.release()
        await runner.cleanup()
