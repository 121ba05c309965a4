"""What the tests of held connections share: time that passes on request, a store it waits for, a platform."""

from __future__ import annotations

import asyncio
import time as wall
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from bot.chat.adapter import Closed, Ending
from bot.errors import StoreBusyError
from tests.conftest import NOW


class Time:
    """Seconds that pass when a test says so; between them the store has its time."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._sleeping: list[tuple[float, int, asyncio.Future[None]]] = []
        self._n = 0
        #: Units under way: the store works in the wall's time.
        self.writing = 0

    def __call__(self) -> float:
        return self.now

    def clock(self):
        return NOW + timedelta(seconds=self.now - 1000.0)

    async def sleep(self, seconds: float) -> None:
        self._n += 1
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleeping.append((self.now + seconds, self._n, future))
        await future

    async def pass_(self, seconds: float) -> None:
        end = self.now + seconds
        while True:
            await self._settled()
            self._sleeping = [s for s in self._sleeping if not s[2].done()]
            due = sorted(s for s in self._sleeping if s[0] <= end)
            if not due:
                break
            self.now = max(self.now, due[0][0])
            due[0][2].set_result(None)
        self.now = end

    async def _settled(self) -> None:
        quiet = 0
        while quiet < 20:
            quiet = 0 if self.writing else quiet + 1
            await asyncio.sleep(0.001 if self.writing else 0)

    async def until(self, is_so: Callable[[], bool], *, within: float = 120.0, step: float = 0.5) -> None:
        """Let time pass, a step at a time, until something is so."""
        end, patience = self.now + within, wall.monotonic() + 60
        while not is_so():
            assert self.now < end, "it never came about"
            assert wall.monotonic() < patience, "the machine is too slow"
            await self.pass_(step)


class Watched:
    """A store that tells the time how much it is doing."""

    def __init__(self, store, time: Time) -> None:
        self.store = store
        self.time = time
        #: Raised instead of so many writes.
        self.failures = 0

    async def write(self, unit, **kwargs):
        if self.failures:
            self.failures -= 1
            raise StoreBusyError
        self.time.writing += 1
        try:
            return await self.store.write(unit, **{**kwargs, "within": 30})
        finally:
            self.time.writing -= 1


@dataclass
class Robot:
    """A platform's connection as a test wants it."""

    time: Time
    name: str = "robot"
    opened_at: list[float] = field(default_factory=list)
    #: What becomes of the next connections; none: it stands until it is dropped.
    fates: list[Closed] = field(default_factory=list)
    live: int = 0
    #: Taps that were kept and carried out in one unit.
    expressed: int = 0
    most_live: int = 0
    host: object = None
    _end: asyncio.Future[Closed] | None = None

    async def run(self, host) -> Closed:
        self.opened_at.append(self.time.now)
        self.host = host
        self.live += 1
        self.most_live = max(self.live, self.most_live)
        self._end = asyncio.get_running_loop().create_future()
        try:
            if self.fates:
                return self.fates.pop(0)
            host.opened()
            return await self._end
        finally:
            self.live -= 1

    def end(self, ending: Ending, reason: str = "closed_1006") -> None:
        assert self._end is not None
        self._end.set_result(Closed(ending, reason))

    @property
    def gaps(self) -> list[float]:
        return [b - a for a, b in zip(self.opened_at, self.opened_at[1:], strict=False)]
