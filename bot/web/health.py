"""Alive, and ready to take callbacks."""

from __future__ import annotations

from aiohttp import web

from bot.errors import BotError
from bot.kit.clock import Clock
from bot.store import Store, lanes, sending


class Health:
    """Answers the two questions that whoever runs us asks."""

    def __init__(self, *, store: Store, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self.draining = False

    async def alive(self, _request: web.Request) -> web.Response:
        """The process answers."""
        return web.Response(text="ok\n")

    async def ready(self, _request: web.Request) -> web.Response:
        """A commit can be had; how long the oldest work and the oldest notice have waited, in seconds."""
        if self.draining:
            return web.json_response({"ready": False, "reason": "draining"}, status=503)
        try:
            lane_due = await self._store.write(lanes.oldest_due, urgent=True)
            open_since = await self._store.write(sending.oldest_open, urgent=True)
        except BotError as exc:
            return web.json_response({"ready": False, "reason": type(exc).__name__}, status=503)
        now = self._clock()
        waits = {
            "oldest_work_s": None if lane_due is None else max(0, round((now - lane_due).total_seconds())),
            "oldest_unsent_s": None
            if open_since is None
            else max(0, round((now - open_since).total_seconds())),
        }
        return web.json_response({"ready": True, **waits})
