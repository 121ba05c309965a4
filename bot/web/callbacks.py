"""The platforms' callbacks: proved, kept, committed, and only then answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import structlog
from aiohttp import web

from bot.chat.adapter import Adapter
from bot.chat.inbound import Accepted, Delivery, Echo
from bot.errors import BadDeliveryError, StoreBusyError
from bot.kit.clock import Clock
from bot.kit.vault import Vault
from bot.store import Store, inbox

log = structlog.get_logger()

#: Seconds for the whole body; a platform sends it in one breath.
_BODY_WITHIN = 3.0


class Callbacks:
    """Receives deliveries for one platform."""

    def __init__(
        self, *, adapter: Adapter, store: Store, vault: Vault, clock: Clock, wake: Callable[[], None]
    ) -> None:
        self._adapter = adapter
        self._store = store
        self._vault = vault
        self._clock = clock
        self._wake = wake

    async def receive(self, request: web.Request) -> web.Response:
        """Answer 200 after the commit, one empty 401 to whatever is not genuine, 503 without a commit."""
        try:
            async with asyncio.timeout(_BODY_WITHIN):
                body = await request.read()
        except TimeoutError:
            return web.Response(status=408)
        now = self._clock()
        delivery = Delivery(request.method, tuple(request.rel_url.query.items()), request.headers, body)
        try:
            received = self._adapter.receive(delivery, now=now)
        except BadDeliveryError:
            return web.Response(status=401)
        if isinstance(received, Echo):
            return web.Response(text=received.text, headers={"X-Content-Type-Options": "nosniff"})
        try:
            await self._keep(received)
        except StoreBusyError:
            log.warning("delivery.not_committed", platform=received.platform)
            return web.Response(status=503)
        self._wake()
        return web.Response()

    async def _keep(self, accepted: Accepted) -> None:
        now = self._clock()
        await self._store.write(
            lambda tx: inbox.receive(tx, self._vault, accepted, now=now),
            lane_key=accepted.lane_key,
            urgent=True,
        )
