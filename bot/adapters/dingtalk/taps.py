"""Taps that are being answered: the changed card is the answer, if it is ready within two seconds."""

from __future__ import annotations

import asyncio
import contextlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, Final

#: Begins the code of a tap; what the platform wants back within two seconds is known by it.
CODE: Final = "tap:"
#: Seconds after which an empty answer is given, since two are all there are.
ANSWER_S: Final = 1.5
_REMEMBERED: Final = 5_000

Json = dict[str, Any]


@dataclass(slots=True)
class Waiting:
    """One tap that waits for its answer."""

    user_id: str
    answer: asyncio.Future[Json] = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    #: Whether the answer left us.
    is_out: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Taps:
    """The taps under way in this process, by code."""

    def __init__(self, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._open: dict[str, Waiting] = {}
        #: Codes whose answer rode along, and to whom; the newest last.
        self._answered: OrderedDict[str, str] = OrderedDict()

    async def attend(
        self,
        code: str,
        user_id: str,
        keep: Callable[[], Awaitable[None]],
        out: Callable[[Json], Awaitable[bool]],
    ) -> None:
        """Keep a tap, wait for the card it changed, and give it `out`; empty if none came in time.

        Whatever `keep` raises goes through, and nothing is given out then.
        """
        waiting = self._open[code] = Waiting(user_id)
        patience = asyncio.ensure_future(self._sleep(ANSWER_S))
        try:
            await keep()
            either: set[asyncio.Future[Any]] = {waiting.answer, patience}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            # From here on a change of the card is a call of its own.
            self._forget(code, waiting)
            answer = waiting.answer.result() if waiting.answer.done() else {}
            is_out = await out(answer)
            if not waiting.is_out.done():
                waiting.is_out.set_result(is_out)
        finally:
            self._forget(code, waiting)
            patience.cancel()
            waiting.answer.cancel()
            if not waiting.is_out.done():
                waiting.is_out.set_result(False)

    def user_of(self, code: str) -> str | None:
        """Say who waits under this code; None if nobody does."""
        waiting = self._open.get(code)
        return None if waiting is None or waiting.answer.done() else waiting.user_id

    def rides_to(self, code: str) -> str | None:
        """Say to whom a change under this code rode along with the answer, or will; None: it is a call."""
        return self._answered.get(code) or self.user_of(code)

    async def answer(self, code: str, card: Json) -> bool:
        """Give a tap its answer; False if nobody waits for it or it could not be given out."""
        waiting = self._open.get(code)
        if waiting is None or waiting.answer.done():
            return False
        waiting.answer.set_result(card)
        is_out = await asyncio.shield(waiting.is_out)
        if is_out:
            self._answered[code] = waiting.user_id
            while len(self._answered) > _REMEMBERED:
                self._answered.popitem(last=False)
        return is_out

    def _forget(self, code: str, waiting: Waiting) -> None:
        with contextlib.suppress(KeyError):
            if self._open[code] is waiting:
                del self._open[code]
