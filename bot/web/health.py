"""Alive, and ready to take callbacks."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from aiohttp import web

from bot.kit.clock import Clock
from bot.store import Store, gauges, lanes, leases
from bot.store.gauges import Backlog

#: Seconds after which something that waits is worth a word.
LATE_WORK, LATE_UNSENT = 60, 120


class Health:
    """Answers the two questions that whoever runs us asks."""

    def __init__(self, *, store: Store, clock: Clock, platforms: int = 1) -> None:
        self._store = store
        self._clock = clock
        self._platforms = platforms
        self.draining = False

    async def alive(self, _request: web.Request) -> web.Response:
        """The process answers."""
        return web.Response(text="ok\n")

    async def ready(self, _request: web.Request) -> web.Response:
        """A commit can be had; how long the oldest work and the oldest notice have waited, in seconds.

        `degraded` names what is not well although callbacks are taken.
        """
        if self.draining:
            return web.json_response({"ready": False, "reason": "draining"}, status=503)
        now = self._clock()
        try:
            await self._store.write(lanes.oldest_due, urgent=True)
            async with self._store.read() as tx:
                backlog = await gauges.backlog(tx, now=now)
                held = await leases.everything(tx)
        except Exception as exc:  # noqa: BLE001 - whatever the database says, the answer is «not ready»
            return web.json_response({"ready": False, "reason": type(exc).__name__}, status=503)
        shown = self._shown(backlog, now)
        if held:
            shown["streams"] = {one.role: one.state_at(now) for one in held}
            shown["degraded"] += [f"{one.role}_{word}" for one in held if (word := one.trouble_at(now))]
        return web.json_response(shown)

    def _shown(self, backlog: Backlog, now: datetime) -> dict[str, Any]:
        late = {
            "no_platform": not self._platforms,
            "work_is_late": backlog.lanes.seconds(now) > LATE_WORK,
            "messages_are_late": backlog.unsent.seconds(now) > LATE_UNSENT,
        }
        return {
            "ready": True,
            "oldest_work_s": backlog.lanes.seconds(now) if backlog.lanes.n else None,
            "oldest_unsent_s": backlog.unsent.seconds(now) if backlog.unsent.n else None,
            "waiting": {
                "deliveries": backlog.deliveries.n, "lanes": backlog.lanes.n, "messages": backlog.unsent.n,
            },
            "degraded": [word for word, is_so in late.items() if is_so],
        }  # fmt: skip
