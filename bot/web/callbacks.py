"""The platforms' callbacks: proved, kept, committed, and only then answered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from aiohttp import web

from bot.chat.adapter import Adapter
from bot.chat.inbound import Accepted, Delivery, Echo
from bot.errors import BadDeliveryError, StoreBusyError, UnitTooSlowError
from bot.kit.clock import Clock
from bot.kit.vault import Vault
from bot.store import Store, inbox

log = structlog.get_logger()

#: Seconds for the whole body; a platform sends it in one breath.
_BODY_WITHIN = 3.0


#: Deliveries in one unit at the most.
_MOST = 128


@dataclass(frozen=True, slots=True)
class _Batch:
    """What one turn of the loop brought, and when it is kept."""

    those: list[Accepted]
    kept: asyncio.Future[None]


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
        self._batch: _Batch | None = None
        self._tasks: set[asyncio.Task[None]] = set()

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
        except (StoreBusyError, UnitTooSlowError):
            log.warning("delivery.not_committed", platform=received.platform)
            return web.Response(status=503)
        self._wake()
        return web.Response()

    async def _keep(self, accepted: Accepted) -> None:
        """Go along with whatever else this turn of the loop brought: one unit for all of it."""
        batch = self._batch
        if batch is None or len(batch.those) >= _MOST:
            loop = asyncio.get_running_loop()
            self._batch = batch = _Batch([], loop.create_future())
            loop.call_soon(self._send, batch)
        batch.those.append(accepted)
        # Shielded: one client that hangs up must not cancel what its neighbours wait for.
        await asyncio.shield(batch.kept)

    def _send(self, batch: _Batch) -> None:
        if self._batch is batch:
            self._batch = None
        task = asyncio.create_task(self._write(batch))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _write(self, batch: _Batch) -> None:
        now = self._clock()
        try:
            await self._store.write(
                lambda tx: inbox.receive_all(tx, self._vault, batch.those, now=now),
                lane_key="inbox",
                urgent=True,
            )
        except Exception as exc:  # noqa: BLE001 - each of them must hear of it
            batch.kept.set_exception(exc)
            batch.kept.exception()  # heard, even if every client has hung up
        else:
            batch.kept.set_result(None)
