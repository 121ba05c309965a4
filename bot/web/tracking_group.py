"""Events of many requests go into the database together: one unit for what one turn of the loop brought."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.intake.track import Call, keep
from bot.store import Tx
from bot.web.site import Site

#: Calls in one unit, so that it stays short.
MOST = 100
#: All of it goes through one writer: two that touch the same visitors would wait for each other.
_LANE = "tracking"


@dataclass(slots=True)
class _Group:
    kept: asyncio.Future[None]
    calls: list[Call] = field(default_factory=list)


class Gathering:
    """Keeps calls, and says when they are durable."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._open: _Group | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def keep(self, calls: Sequence[Call]) -> None:
        """Return once all are committed; StoreBusyError if that cannot be had, and some may be."""
        waits: dict[int, asyncio.Future[None]] = {}
        for call in calls:
            group = self._room()
            group.calls.append(call)
            waits[id(group)] = group.kept
        # Shielded: one client that hangs up must not cancel what its neighbours wait for.
        for kept in waits.values():
            await asyncio.shield(kept)

    def _room(self) -> _Group:
        if self._open is None or len(self._open.calls) >= MOST:
            loop = asyncio.get_running_loop()
            self._open = _Group(loop.create_future())
            loop.call_soon(self._send, self._open)
        return self._open

    def _send(self, group: _Group) -> None:
        if self._open is group:
            self._open = None
        task = asyncio.create_task(self._write(group))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _write(self, group: _Group) -> None:
        async def unit(tx: Tx) -> None:
            await keep(self._site.desk(tx), group.calls)

        try:
            await self._site.write(unit, lane_key=_LANE)
        except Exception as exc:  # noqa: BLE001 - each of them must hear of it
            group.kept.set_exception(exc)
            group.kept.exception()  # heard, even if every client has hung up
        else:
            self._site.wake()
            group.kept.set_result(None)
