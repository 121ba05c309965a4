"""The stream, for whoever holds it: ask for a ticket, connect, serve, and drain beside the next one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from bot.adapters.dingtalk.stream import frames
from bot.adapters.dingtalk.stream.connection import Connection, Sleep
from bot.adapters.dingtalk.stream.socket import BrokenError, Socket, address, open_socket
from bot.chat.adapter import Closed, Ending, Host, Means
from bot.errors import PlatformBusyError, PlatformError, PlatformRejectedError

if TYPE_CHECKING:
    from bot.adapters.dingtalk.client import Client
    from bot.adapters.dingtalk.config import Config
    from bot.adapters.dingtalk.taps import Taps
    from bot.chat.inbound import Accepted

#: The lease of whoever holds the connection.
WIRE: Final = "dingtalk.stream"
#: Name-language/version, as the gateway likes it.
_UA: Final = "leadbell-python/1.0"
_BAD_CREDENTIALS: Final = frozenset({"authFailed", "invalidClientIdOrSecret", "http 401"})


class Gate:
    """At most one connection that is new, and beside it those that are going."""

    def __init__(
        self,
        config: Config,
        means: Means,
        *,
        client: Client,
        taps: Taps,
        heard: Callable[[Accepted], None],
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        self.name = WIRE
        self._config = config
        self._means = means
        self._client = client
        self._taps = taps
        self._heard = heard
        self._sleep = sleep
        self._going: set[asyncio.Task[None]] = set()

    async def run(self, host: Host) -> Closed:
        """Open it once and serve it; one that is to go is served on beside the next for some seconds."""
        socket = await self._open()
        if isinstance(socket, Closed):
            return socket
        connection = Connection(
            socket, host, clock=self._means.clock, monotonic=self._means.monotonic, sleep=self._sleep,
            taps=self._taps, heard=self._heard,
        )  # fmt: skip
        host.opened()
        try:
            closed = await connection.serve()
        except BaseException:
            # The lease is gone, or we stop: nothing of ours stays connected.
            await self._stop_going()
            await connection.close()
            raise
        if closed.ending is Ending.LEAVING:
            task = asyncio.create_task(connection.drain())
            self._going.add(task)
            task.add_done_callback(self._going.discard)
        else:
            await connection.close()
        return closed

    async def close(self) -> None:
        """Close what is still going."""
        await self._stop_going()

    async def _open(self) -> Socket | Closed:
        try:
            endpoint, ticket = await self._client.gateway([dict(one) for one in frames.SUBSCRIPTIONS], _UA)
        except PlatformRejectedError as exc:
            is_ours = str(exc.code) in _BAD_CREDENTIALS
            return Closed(Ending.REFUSED if is_ours else Ending.DROPPED, f"gateway_{exc.code}")
        except PlatformBusyError:
            return Closed(Ending.DROPPED, "gateway_busy")
        except PlatformError as exc:
            return Closed(Ending.DROPPED, f"gateway_{type(exc).__name__}")
        opening: Callable[[str], Awaitable[Socket]] = self._means.open_socket or open_socket
        try:
            return await opening(address(endpoint, ticket))
        except BrokenError as exc:
            return Closed(Ending.DROPPED, f"unreachable_{exc}")

    async def _stop_going(self) -> None:
        going = list(self._going)
        for task in going:
            task.cancel()
        await asyncio.gather(*going, return_exceptions=True)
