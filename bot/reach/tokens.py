"""One access token for all, fetched by one at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.errors import PlatformError
from bot.kit.clock import Monotonic

#: Seconds until the next try, when renewing failed and the old token still serves.
_AGAIN_S = 10.0


@dataclass(frozen=True, slots=True)
class Token:
    """A token and how many seconds it is good for."""

    value: str
    good_for_s: float


class Tokens:
    """The token of one app; fifty callers who find it spoilt cause one fetch."""

    def __init__(
        self, fetch: Callable[[], Awaitable[Token]], monotonic: Monotonic, *, early_s: float
    ) -> None:
        #: `early_s`: seconds before its end at which a token is renewed.
        self._early_s = early_s
        self._fetch = fetch
        self._monotonic = monotonic
        self._value = ""
        self._renew_at = 0.0
        self._ends_at = 0.0
        self._fetching: asyncio.Task[None] | None = None

    async def current(self) -> str:
        """Give a token that is good as far as we know."""
        if not self._value or self._monotonic() >= self._renew_at:
            await self._renewed()
        return self._value

    def spoil(self, value: str) -> None:
        """Forget the token that was refused, unless somebody has renewed it since."""
        if self._value == value:
            self._value = ""

    async def close(self) -> None:
        """Stop fetching."""
        if self._fetching is not None and not self._fetching.done():
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    async def _renewed(self) -> None:
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.create_task(self._renew())
            # Whoever waits hears of a failure; if all have gone, nobody needs to.
            self._fetching.add_done_callback(lambda task: task.cancelled() or task.exception())
        # One caller's deadline must not cost the others their token.
        await asyncio.shield(self._fetching)

    async def _renew(self) -> None:
        try:
            token = await self._fetch()
        except PlatformError:
            if not self._value or self._monotonic() >= self._ends_at:
                self._value = ""
                raise
            self._renew_at = self._monotonic() + _AGAIN_S
            return
        now = self._monotonic()
        self._value = token.value
        self._ends_at = now + token.good_for_s
        # The same token is given again while it lasts, so its rest may be short.
        self._renew_at = self._ends_at - min(self._early_s, token.good_for_s / 10)
