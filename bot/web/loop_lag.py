"""How late the event loop is: what every answer at the door waits for besides its own work."""

from __future__ import annotations

import asyncio

#: Seconds between looks.
_EVERY = 0.25


class LoopLag:
    """Sleeps and sees how much longer it took."""

    def __init__(self) -> None:
        self._worst = 0.0
        self.total = 0.0
        self.looks = 0

    async def run(self) -> None:
        """Look until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            before = loop.time()
            await asyncio.sleep(_EVERY)
            late = max(0.0, loop.time() - before - _EVERY)
            self._worst = max(self._worst, late)
            self.total += late
            self.looks += 1

    def worst(self) -> float:
        """Seconds: the worst since somebody asked last."""
        worst, self._worst = self._worst, 0.0
        return worst
