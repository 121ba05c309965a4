"""`POST /mini_program/open`: the company's mini-program tells, by a code of `wx.login`, who opened it.

The code proves itself: the platform says whose it is, once. Nothing is said back but that it was taken.
"""

from __future__ import annotations

import re
from typing import Protocol, runtime_checkable

import structlog
from aiohttp import web

from bot.errors import PlatformError, PlatformRejectedError, StoreBusyError
from bot.intake import official_visitors
from bot.kit.clock import Monotonic
from bot.web.body import BadBodyError, read_body
from bot.web.limit import Limit, Verdict, sender
from bot.web.site import Site

log = structlog.get_logger()
_CODE = re.compile(r"[0-9A-Za-z_-]{8,128}")
#: From one address in a minute: a shop's Wi-Fi has many customers.
_PER_MINUTE = 120


@runtime_checkable
class Opens(Protocol):
    """A channel that knows whose a login code is."""

    async def opened(self, code: str) -> tuple[str, str]:
        """His id there, and his id across apps or empty."""


class MiniProgramOpen:
    """Takes down who opened it, so that what he allows there is his lead's."""

    def __init__(self, site: Site, channel: object, *, monotonic: Monotonic) -> None:
        self._site = site
        self._channel = channel if isinstance(channel, Opens) else None
        self._limit = Limit(monotonic, most=_PER_MINUTE, within=60)

    def routes(self) -> list[web.RouteDef]:
        """Where it is."""
        return [web.post("/mini_program/open", self.receive)]

    async def receive(self, request: web.Request) -> web.Response:
        """`{code}`: 204 once it is kept; 400 for a code that is nobody's."""
        if self._channel is None:
            raise web.HTTPNotFound
        if self._limit.take(sender(request)) is not Verdict.OPEN:
            return web.Response(status=429)
        try:
            code = str((await read_body(request)).get("code") or "")
        except BadBodyError:
            code = ""
        if not _CODE.fullmatch(code):
            return web.Response(status=400)
        try:
            open_id, union_id = await self._channel.opened(code)
        except PlatformRejectedError:
            return web.Response(status=400)
        except PlatformError as exc:
            log.warning("mini_program.not_told", error=type(exc).__name__)
            return web.Response(status=503)
        site = self._site
        try:
            await site.write(
                lambda tx: official_visitors.opened_mini_program(site.desk(tx), open_id, union_id),
                lane_key=f"mini_program:{open_id}",
            )
        except StoreBusyError:
            return web.Response(status=503)
        site.wake()
        return web.Response(status=204)
