"""Who asks, by the bearer token, and whether he may."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import get_args

from aiohttp import hdrs, web

from bot.kit.clock import Monotonic
from bot.store import api_keys, incidents
from bot.web.api.models import Scope
from bot.web.api.problem import Refused
from bot.web.limit import Limit, Verdict, sender
from bot.web.site import Site

#: Requests of one key in a minute, and refusals of one address.
PER_MINUTE, WRONG_PER_MINUTE = 600, 30
SCOPES = tuple(get_args(Scope))


@dataclass(frozen=True, slots=True)
class Caller:
    """The system that asks."""

    #: As audit rows name it: `api:main`, or `api:` and the key's id.
    name: str
    scopes: frozenset[str]
    #: The colleague in whose view alone it asks for numbers; empty if each request names one.
    person: str = ""


class Access:
    """Checks tokens."""

    def __init__(self, site: Site, token: str, *, monotonic: Monotonic) -> None:
        self._site = site
        self._token = token.encode()
        self._limit = Limit(monotonic, most=PER_MINUTE, within=60)
        self._wrong = Limit(monotonic, most=WRONG_PER_MINUTE, within=60)

    async def caller(self, request: web.Request, scope: str) -> Caller:
        """Who asks; Refused for a stranger, for too much, and for what he may not."""
        scheme, _, given = request.headers.get(hdrs.AUTHORIZATION, "").partition(" ")
        found = await self._known(given.strip()) if scheme.lower() == "bearer" and given else None
        if found is None:
            await self._stranger(request)
        assert found is not None  # noqa: S101 - a stranger was refused
        if self._limit.take(found.name) is not Verdict.OPEN:
            raise Refused(429, "too many requests", headers={"Retry-After": "60"})
        if scope not in found.scopes:
            raise Refused(403, f"this key lacks the scope {scope}")
        return found

    async def _known(self, given: str) -> Caller | None:
        spelled = given.encode("utf-8", "replace")
        if self._token and hmac.compare_digest(spelled, self._token):
            return Caller("api:main", frozenset(SCOPES))
        async with self._site.store.read() as tx:
            key = await api_keys.find(tx, self._site.vault, given)
        return None if key is None else Caller(f"api:{key.id}", frozenset(key.scopes), key.person)

    async def _stranger(self, request: web.Request) -> None:
        verdict = self._wrong.take(sender(request))
        if verdict is Verdict.CLOSED_NOW:
            now = self._site.clock()
            await self._site.store.write(lambda tx: incidents.count(tx, "api.refused", "too_often", now))
        if verdict is not Verdict.OPEN:
            raise Refused(429, "too many refusals", headers={"Retry-After": "60"})
        raise Refused(401, headers={"WWW-Authenticate": "Bearer"})
