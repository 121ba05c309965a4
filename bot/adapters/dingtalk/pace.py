"""Calls kept below what the platform takes: so many a second of each API, before it has to refuse.

https://open.dingtalk.com/document/development/call-frequency-limit
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Final

from bot.adapters.dingtalk.codes import PLATFORM
from bot.errors import PlatformBusyError

#: Seconds after its end for which a call is counted: when it got there we do not know, only that it did.
SPAN_S: Final = 1.05
#: Seconds that a call may wait for its turn, and one that reads much and for which nobody waits; what
#: would wait longer is told to come again.
PATIENCE_S: Final = 3.0
READING_S: Final = 120.0
#: In a path what follows these names somebody or something: the API is the same.
_NAMED = re.compile(r"/(users|tasks|processInstances|orgs)/[^/]+")


class Pace:
    """Lets each API be called so often; everybody waits in the order in which he came."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._turns: dict[str, asyncio.Semaphore] = {}

    @contextlib.asynccontextmanager
    async def turn(self, method: str, path: str, *, patience_s: float = PATIENCE_S) -> AsyncIterator[None]:
        """Wait for a turn and hold it; PlatformBusyError when too many wait already."""
        api = f"{method} " + _NAMED.sub(r"/\1/*", path)
        turns = self._turns.setdefault(api, asyncio.Semaphore(self._most))
        try:
            async with asyncio.timeout(patience_s):
                await turns.acquire()
        except TimeoutError:
            again = timedelta(seconds=SPAN_S)
            raise PlatformBusyError(PLATFORM, again, f"(over {self._most} calls a second: {path})") from None
        try:
            yield
        finally:
            asyncio.get_running_loop().call_later(SPAN_S, turns.release)
