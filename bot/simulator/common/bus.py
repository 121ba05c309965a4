"""Live events for whoever watches the simulator."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias

from bot.simulator.common.shapes import Json

#: Events a watcher may lag behind before the oldest are dropped; the page reloads on reconnect.
_BACKLOG = 1000

Watcher: TypeAlias = "asyncio.Queue[Json]"


class Bus:
    """Hands each event to every watcher; nobody waits for a slow one."""

    def __init__(self) -> None:
        self._watchers: set[Watcher] = set()
        #: Events dropped because a watcher did not keep up.
        self.dropped = 0

    def publish(self, event: Json) -> None:
        """Give `event` to all who watch now."""
        for queue in self._watchers:
            if queue.full():
                queue.get_nowait()
                self.dropped += 1
            queue.put_nowait(event)

    @contextmanager
    def watch(self) -> Iterator[Watcher]:
        """A queue that receives every event from now on."""
        queue: Watcher = asyncio.Queue(_BACKLOG)
        self._watchers.add(queue)
        try:
            yield queue
        finally:
            self._watchers.discard(queue)
