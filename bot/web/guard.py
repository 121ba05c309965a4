"""Close connections that are slow on purpose: aiohttp alone would keep them open for ever.

A client has three seconds to bring a whole request head, and ten to take what we wrote; the body has
its own deadline where it is read, and what nobody reads is not waited for. When all places are taken,
whoever has been silent longest makes room: a platform speaks at once.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field

import structlog
from aiohttp import hdrs, web
from aiohttp.web_protocol import RequestHandler

log = structlog.get_logger()

#: Seconds for a whole request head, and for the client to take what we wrote.
HEAD_WITHIN, TAKEN_WITHIN = 3.0, 10.0
#: Seconds in which the rest of a body that nobody wants may still come, so that our answer is read.
_LINGER = 1.0
#: Connections in all, and from one address that is not our own proxy.
MOST, MOST_PER_ADDRESS = 4000, 500
_DEFECT = 500
#: In place of the program's name and version.
SERVER = "web"
_OWN = frozenset({"127.0.0.1", "::1", "local"})


@dataclass(slots=True)
class _Live:
    """The open connections, those silent longest first, and how many each address has."""

    lines: dict[_Guarded, None] = field(default_factory=dict)
    by_address: Counter[str] = field(default_factory=Counter)

    def has_room(self, address: str) -> bool:
        """Whether one more may come from there; somebody silent may have to go for it."""
        if address not in _OWN and self.by_address[address] >= MOST_PER_ADDRESS:
            return False
        if len(self.lines) < MOST:
            return True
        silent = next((line for line in self.lines if line.is_idle()), None)
        if silent is None:
            return False
        silent.abort()
        return True

    def add(self, line: _Guarded, address: str) -> None:
        self.lines[line] = None
        self.by_address[address] += 1

    def heard(self, line: _Guarded) -> None:
        if line in self.lines:
            self.lines[line] = self.lines.pop(line)

    def remove(self, line: _Guarded, address: str) -> None:
        self.lines.pop(line, None)
        self.by_address[address] -= 1
        if not self.by_address[address]:
            del self.by_address[address]


class _Guarded(RequestHandler):
    """One connection under watch."""

    __slots__ = ("_address", "_line", "_live", "_untaken", "_watch")

    def __init__(self, live: _Live, server: web.Server, **kwargs: object) -> None:
        super().__init__(server, **kwargs)  # type: ignore[arg-type]
        self._live = live
        self._address: str | None = None
        self._line: asyncio.Transport | None = None
        self._untaken: asyncio.TimerHandle | None = None
        self._watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count it, or turn it away; then start its clock."""
        peer = transport.get_extra_info("peername")
        address = str(peer[0]) if isinstance(peer, tuple) else "local"
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - a server has no other
        if not self._live.has_room(address):
            transport.abort()
            return
        # Whatever does not fit into the socket is told by `pause_writing`.
        transport.set_write_buffer_limits(high=0)
        self._line = transport
        self._address = address
        self._live.add(self, address)
        super().connection_made(transport)
        self._watch = asyncio.get_running_loop().call_later(HEAD_WITHIN, self._expire)

    def data_received(self, data: bytes) -> None:
        """Start the clock of a head at its first bytes; stop it when it is whole."""
        before = self._request_count
        super().data_received(data)
        if self._request_count != before:
            self._live.heard(self)
            _stop(self._watch)
            self._watch = None
        elif self._watch is None and self.is_idle():
            self._watch = asyncio.get_running_loop().call_later(HEAD_WITHIN, self._expire)

    def pause_writing(self) -> None:
        """The client does not take what we wrote: it has some seconds."""
        super().pause_writing()
        self._untaken = asyncio.get_running_loop().call_later(TAKEN_WITHIN, self.abort)

    def resume_writing(self) -> None:
        """It has taken it."""
        super().resume_writing()
        _stop(self._untaken)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = 500,
        exc: BaseException | None = None,
        message: str | None = None,
    ) -> web.StreamResponse:
        """Answer what is no HTTP, or a defect of ours, without a word of what went wrong."""
        super().handle_error(request, status, exc, message)
        # Who hangs up in the middle of his body is no defect of ours.
        is_gone = self.transport is None and isinstance(exc, ConnectionError)
        if status >= _DEFECT and not is_gone:
            log.error("request.failed", error=type(exc).__name__, exc_info=exc)
        answer = web.Response(status=status, headers={hdrs.SERVER: SERVER})
        answer.force_close()
        return answer

    def is_idle(self) -> bool:
        """Whether no request is under way: whatever comes is a head."""
        return self._waiter is not None and not self._waiter.done()

    def _expire(self) -> None:
        self._watch = None
        if self.is_idle():
            self.abort()

    def abort(self) -> None:
        """Close it now, whatever is still to be said."""
        self._live.lines.pop(self, None)
        if self._line is not None:
            self._line.abort()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Give its place free."""
        _stop(self._watch)
        _stop(self._untaken)
        self._line = None
        if self._address is not None:
            self._live.remove(self, self._address)
            super().connection_lost(exc)


def _stop(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()


async def serve(runner: web.AppRunner, host: str, port: int) -> asyncio.Server:
    """Listen with every connection under watch; the runner must be set up."""
    live = _Live()
    loop = asyncio.get_running_loop()
    server = runner.server
    assert server is not None  # noqa: S101 - set up by the caller

    def guarded() -> _Guarded:
        return _Guarded(
            live, server, loop=loop, keepalive_timeout=15.0, lingering_time=_LINGER, auto_decompress=False,
            access_log=None,
        )  # fmt: skip

    return await loop.create_server(guarded, host, port, backlog=2048)
