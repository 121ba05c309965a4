"""GET /sim/api/…: what is to be seen."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import asdict

import segno
from aiohttp import web

from bot.simulator.common.acting import reply
from bot.simulator.common.refusal import NotPossibleError
from bot.simulator.wecom import shelf
from bot.simulator.wecom.api import contact_way
from bot.simulator.wecom.codes import RefusedError
from bot.simulator.wecom.panel import views
from bot.simulator.wecom.world import World, message_view

#: Seconds between two signs of life on a quiet event stream.
_HEARTBEAT_S = 15.0
_QR_SCALE = 8


class Reading:
    """The pages of the JSON interface that change nothing."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._closing = asyncio.Event()

    def routes(self) -> list[web.RouteDef]:
        """Paths and what answers them."""
        return [
            web.get("/sim/api/world", self.world),
            web.get("/sim/api/people/{userid}/messages", self.messages),
            web.get("/sim/api/customers/{id}/messages", self.customer_messages),
            web.get("/sim/api/customers/{id}/why", self.why),
            web.get("/sim/api/contact_ways", self.contact_ways),
            web.get("/sim/api/chats", self.chats),
            web.get("/sim/api/chats/{chatid}/messages", self.chat_messages),
            web.get("/sim/api/wire", self.wire),
            web.get("/sim/api/events", self.events),
            web.get("/sim/qr/{config_id}.png", self.qr_code),
            web.get("/sim/media/{media_id}", self.media),
        ]

    async def world(self, _request: web.Request) -> web.Response:
        """Company, people, customers, groups, faults."""
        return reply(views.world(self._world))

    async def messages(self, request: web.Request) -> web.Response:
        """One member's chat with the app, oldest first."""
        person = self._world.find_person(request.match_info["userid"])
        if person is None:
            msg = "没有这个成员"
            raise NotPossibleError(msg)
        return reply([message_view(message) for message in person.messages])

    async def customer_messages(self, request: web.Request) -> web.Response:
        """One customer's WeChat, oldest first."""
        customer = self._world.customers.get(request.match_info["id"])
        if customer is None:
            msg = "没有这个客户"
            raise NotPossibleError(msg)
        return reply([views.customer_message(self._world, message) for message in customer.messages])

    async def why(self, request: web.Request) -> web.Response:
        """Why a customer gets no more than he got: {text}."""
        customer = self._world.customers.get(request.match_info["id"])
        if customer is None or self._world.explain is None:
            msg = "没有这个客户，或者没有机器人可以问"
            raise NotPossibleError(msg)
        return reply({"text": await self._world.explain(customer.id)})

    async def contact_ways(self, _request: web.Request) -> web.Response:
        """All 「联系我」 codes, as the API would show them."""
        return reply([contact_way.view(way) for way in self._world.ways.values()])

    async def chats(self, _request: web.Request) -> web.Response:
        """All groups that have been spoken in; before that nobody sees them."""
        return reply([views.chat(self._world, c) for c in self._world.chats.values() if c.messages])

    async def chat_messages(self, request: web.Request) -> web.Response:
        """What was said in a group, oldest first."""
        chat = self._world.chats.get(request.match_info["chatid"])
        if chat is None:
            msg = "没有这个群"
            raise NotPossibleError(msg)
        return reply([message_view(message) for message in chat.messages])

    async def wire(self, request: web.Request) -> web.Response:
        """The wire log after a sequence number."""
        given = request.query.get("after", "") or "0"
        after = int(given) if given.isdigit() else 0
        return reply([asdict(entry) for entry in self._world.wire.after(after)])

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events until the watcher goes."""
        response = web.StreamResponse(
            headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"}
        )
        await response.prepare(request)
        with self._world.bus.watch() as queue:
            await response.write(b": watching\n\n")
            while not self._closing.is_set():
                line = await self._next_line(queue)
                if line is None:
                    break
                try:
                    await response.write(line)
                except ConnectionError:
                    break
        return response

    async def _next_line(self, queue: asyncio.Queue[dict[str, object]]) -> bytes | None:
        closing = asyncio.ensure_future(self._closing.wait())
        event = asyncio.ensure_future(queue.get())
        done, waiting = await asyncio.wait(
            {closing, event}, timeout=_HEARTBEAT_S, return_when=asyncio.FIRST_COMPLETED
        )
        for future in waiting:
            future.cancel()
        if event in done:
            return f"data: {json.dumps(event.result(), ensure_ascii=False)}\n\n".encode()
        return None if closing in done else b": still here\n\n"

    async def close(self, _app: web.Application) -> None:
        """Let the watchers go, so that the server can stop."""
        self._closing.set()

    async def qr_code(self, request: web.Request) -> web.Response:
        """The picture of a 「联系我」 code; it leads to this very simulator."""
        config_id = request.match_info["config_id"]
        if config_id not in self._world.ways:
            raise web.HTTPNotFound
        picture = io.BytesIO()
        target = f"{self._world.base_url}/sim/qr/{config_id}.png"
        segno.make(target, error="m").save(picture, kind="png", scale=_QR_SCALE)
        return web.Response(body=picture.getvalue(), content_type="image/png")

    async def media(self, request: web.Request) -> web.Response:
        """A file that the app uploaded, for showing it."""
        try:
            media = shelf.find(self._world, request.match_info["media_id"])
        except RefusedError:
            raise web.HTTPNotFound from None
        return web.Response(body=media.data, headers={"Content-Type": media.content_type})
