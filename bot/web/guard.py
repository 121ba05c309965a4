"""Close connections that are slow on purpose: aiohttp alone would keep them open for ever.

A client has three seconds to bring a whole request head; the body has its own deadline.
"""

from __future__ import annotations

import asyncio
from collections import Counter

import structlog
from aiohttp import hdrs, web
from aiohttp.web_protocol import RequestHandler

log = structlog.get_logger()

#: Seconds for the first whole request head.
HEAD_WITHIN = 3.0
#: Connections in all, and from one address that is not our own proxy.
MOST, MOST_PER_ADDRESS = 4000, 500
_DEFECT = 500
#: In place of the program's name and version.
SERVER = "web"
_OWN = frozenset({"127.0.0.1", "::1", "local"})


class _Guarded(RequestHandler):
    """One connection under watch."""

    __slots__ = ("_address", "_live", "_watch")

    def __init__(self, live: Counter[str], server: web.Server, **kwargs: object) -> None:
        super().__init__(server, **kwargs)  # type: ignore[arg-type]
        self._live = live
        self._address: str | None = None
        self._watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it, or turn it away; then start its clock."""
        peer = transport.get_extra_info("peername")
        address = str(peer[0]) if isinstance(peer, tuple) else "local"
        if self._live.total() >= MOST or (address not in _OWN and self._live[address] >= MOST_PER_ADDRESS):
            if isinstance(transport, asyncio.Transport):
                transport.abort()
            return
        self._address = address
        self._live[address] += 1
        super().connection_made(transport)
        self._watch = asyncio.get_running_loop().call_later(HEAD_WITHIN, self._expire)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no HTTP, or a defect of ours, without a word of what went wrong."""
        super().handle_error(request, status, exc, message)
        if status >= _DEFECT:
            log.error("request.failed", error=type(exc).__name__, exc_info=exc)
        answer = web.Response(status=status, headers={hdrs.SERVER: SERVER})
        answer.force_close()
        return answer

    def _expire(self) -> None:
        if self._current_request is None and self._request_count == 0 and self.transport is not None:
            self.transport.abort()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Give its place free."""
        if self._watch is not None:
            self._watch.cancel()
        if self._address is not None:
            self._live[self._address] -= 1
            if not self._live[self._address]:
                del self._live[self._address]
            super().connection_lost(exc)


async def serve(runner: web.AppRunner, host: str, port: int) -> asyncio.Server:
    """Listen with every connection under watch; the runner must be set up."""
    live: Counter[str] = Counter()
    loop = asyncio.get_running_loop()
    server = runner.server
    assert server is not None  # noqa: S101 - set up by the caller

    def guarded() -> _Guarded:
        return _Guarded(
            live, server, loop=loop, keepalive_timeout=15.0, auto_decompress=False, access_log=None
        )

    return await loop.create_server(guarded, host, port, backlog=2048)
