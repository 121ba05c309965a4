"""Connectors: form tools and ad platforms push leads to an address with a secret in it."""

from __future__ import annotations

import hmac
from datetime import datetime, timedelta

import orjson
import structlog
from aiohttp import hdrs, web

from bot.crm.connector import Entrance, Push
from bot.errors import StoreBusyError
from bot.intake.doors.reading import Ready, read_push
from bot.intake.doors.take import Taken, take
from bot.intake.submit import lane_key_of
from bot.kit.clock import Monotonic
from bot.store import Tx, incidents
from bot.web.body import BadBodyError, read_bytes
from bot.web.limit import Limit, Verdict, sender
from bot.web.site import Site

_log = structlog.get_logger()
#: Pushes from one sender by one connector, per minute: a platform sends for many people at once.
PER_MINUTE = 600
#: How often the log hears of what is not genuine: strangers must not fill it.
_TELL_EVERY = timedelta(seconds=10)


class Connect:
    """Takes pushes; answers after the commit."""

    def __init__(self, site: Site, *, monotonic: Monotonic, per_minute: int = PER_MINUTE) -> None:
        self._site = site
        self._limit = Limit(monotonic, most=per_minute, within=60)
        #: Pushes that were not genuine, since the start.
        self.refused = 0
        self._told_at: datetime | None = None

    def routes(self) -> list[web.RouteDef]:
        """Where they are."""
        return [web.post("/connect/{connector}/{secret}", self.receive)]

    async def receive(self, request: web.Request) -> web.Response:
        """Answer as the tool expects once it is kept; one empty 401 to whatever is not genuine."""
        door = request.match_info["connector"]
        entrance = self._entrance(door, request.match_info["secret"])
        if entrance is None:
            return self._refuse("address")
        verdict = self._limit.take(f"{door} {sender(request)}")
        if verdict is not Verdict.OPEN:
            if verdict is Verdict.CLOSED_NOW:
                await self._count("connect.turned_away", f"{door}:too_often")
            return web.Response(status=429, headers={hdrs.RETRY_AFTER: "60"})
        try:
            body = await read_bytes(request)
        except BadBodyError as exc:
            await self._count("connect.turned_away", f"{door}:{exc.status}")
            return web.Response(status=exc.status)
        headers = {name.lower(): value for name, value in request.headers.items()}
        push = Push(body, headers, tuple(request.rel_url.query.items()))
        if not entrance.connector.verify(push, self._sign_key(entrance)):
            return self._refuse("signature")
        return await self._take(door, entrance, body)

    async def _take(self, door: str, entrance: Entrance, body: bytes) -> web.Response:
        found = read_push(self._site.company, door, entrance.connector, body)

        async def unit(tx: Tx) -> Taken:
            return await take(self._site.desk(tx), door, body, found)

        # One person's enquiries go through one writer, so that twins wait instead of colliding.
        lane_key = (
            lane_key_of(self._site.vault, found.enquiry) if isinstance(found, Ready) else f"door:{door}"
        )
        try:
            await self._site.write(unit, lane_key=lane_key)
        except StoreBusyError:
            _log.warning("arrival.not_committed", door=door)
            return web.Response(status=503, headers={hdrs.RETRY_AFTER: "2"})
        self._site.wake()
        # What we cannot map yet is kept all the same: pushing it again would mend nothing.
        answer = orjson.dumps(dict(entrance.connector.answer))
        return web.Response(body=answer, content_type="application/json")

    def _entrance(self, door: str, secret: str) -> Entrance | None:
        """The connector behind an address; every wrong one takes the same time and way."""
        entrance = self._site.company.doors.entrances.get(door)
        expected = entrance.secret if entrance else "-" * len(secret)
        is_right = hmac.compare_digest(expected.encode(), secret.encode("utf-8", "replace"))
        return entrance if is_right and entrance is not None and entrance.secret else None

    def _sign_key(self, entrance: Entrance) -> str:
        return entrance.sign_key or (entrance.secret if entrance.connector.signs == "always" else "")

    def _refuse(self, why: str) -> web.Response:
        self.refused += 1
        now = self._site.clock()
        if self._told_at is None or abs(now - self._told_at) >= _TELL_EVERY:
            self._told_at = now
            _log.warning("push.not_genuine", why=why, since_start=self.refused)
        return web.Response(status=401)

    async def _count(self, name: str, reason: str) -> None:
        """Leave a trace of what was turned away; if even that cannot be committed, the log has it."""
        _log.warning(name, reason=reason)
        try:
            now = self._site.clock()
            await self._site.store.write(lambda tx: incidents.count(tx, name, reason, now))
        except StoreBusyError:
            _log.warning("incident.not_committed", reason=reason)
