"""The platforms' callbacks: proved, kept, committed, and only then answered."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from aiohttp import hdrs, web

from bot.chat.adapter import Addressed, Answering, AsksByGet, Caller
from bot.chat.inbound import Accepted, Delivery, Echo
from bot.errors import BadDeliveryError, StoreBusyError, UnitTooSlowError
from bot.kit.clock import Clock
from bot.kit.vault import Vault
from bot.store import Store, inbox

log = structlog.get_logger()

#: Seconds for the whole body; a platform sends it in one breath.
_BODY_WITHIN = 3.0
#: How often the log hears of what is not genuine: strangers must not fill it.
_TELL_EVERY = timedelta(seconds=10)

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
        self, *, adapter: Caller, store: Store, vault: Vault, clock: Clock, wake: Callable[[], None],
        at_once: Callable[[Accepted], Awaitable[object]] | None = None,
    ) -> None:  # fmt: skip
        self._adapter = adapter
        #: Keeps a tap and carries it out in the same unit; a repeat of one draws its card again.
        self._at_once = at_once
        self._store = store
        self._vault = vault
        self._clock = clock
        self._wake = wake
        #: Deliveries that were not genuine, since the start.
        self.refused = 0
        self._told_at: datetime | None = None
        self._batch: _Batch | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def paths(self) -> tuple[str, ...]:
        """What else the platform calls, under its own address."""
        return self._adapter.paths if isinstance(self._adapter, Addressed) else ()

    @property
    def asks_by_get(self) -> bool:
        """Whether those addresses are checked with a GET."""
        return isinstance(self._adapter, AsksByGet) and self._adapter.asks_by_get

    async def receive_for(self, request: web.Request) -> web.Response:
        """As `receive`, for the account that the address names."""
        return await self.receive(request, path=request.match_info["account"])

    async def receive(self, request: web.Request, *, path: str = "") -> web.Response:
        """Answer 200 after the commit, one empty 401 to whatever is not genuine, 503 without a commit."""
        try:
            async with asyncio.timeout(_BODY_WITHIN):
                body = await request.read()
        except TimeoutError:
            if request.transport is not None:
                request.transport.abort()
            return web.Response(status=408)
        now = self._clock()
        delivery = Delivery(request.method, tuple(request.rel_url.query.items()), request.headers, body, path)
        try:
            if request.headers.get(hdrs.CONTENT_ENCODING, "identity").lower() != "identity":
                msg = "packed, as no platform packs"
                raise BadDeliveryError(msg)  # noqa: TRY301 - answered like all others
            received = self._adapter.receive(delivery, now=now)
        except BadDeliveryError as exc:
            return self._refuse(exc, now)
        if isinstance(received, Echo):
            return web.Response(text=received.text, headers={"X-Content-Type-Options": "nosniff"})
        try:
            answer = await self._answered(received)
        except (StoreBusyError, UnitTooSlowError):
            log.warning("delivery.not_committed", platform=received.platform)
            return web.Response(status=503)
        return web.Response(body=answer, content_type="application/json") if answer else web.Response()

    async def _answered(self, received: Accepted) -> bytes:
        """Keep it; then what the platform wants to read, the changed card included if it takes that."""

        async def keep() -> None:
            if received.waits and self._at_once is not None:
                await self._at_once(received)
            else:
                await self._keep(received)
            self._wake()

        if received.waits and isinstance(self._adapter, Answering):
            return await self._adapter.answered(received, keep)
        await keep()
        return received.answer

    def _refuse(self, exc: BadDeliveryError, now: datetime) -> web.Response:
        self.refused += 1
        if self._told_at is None or abs(now - self._told_at) >= _TELL_EVERY:
            self._told_at = now
            # What stands behind a colon is the sender's own.
            why = str(exc).partition(":")[0]
            log.warning(
                "delivery.not_genuine", platform=self._adapter.name, why=why, since_start=self.refused
            )
        return web.Response(status=401)

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
