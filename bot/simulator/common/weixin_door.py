"""The API of one 公众号 or 小程序: tokens, bodies, refusals, faults, and each call in the wire log.

https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken.html
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web

from bot.kit.clock import Clock
from bot.simulator.common.shapes import Json
from bot.simulator.common.weixin_push import Settings
from bot.simulator.common.wire import WireLog

_GOOD_FOR = timedelta(seconds=7200)
_TEXTS = {
    40001: "invalid credential, access_token is invalid or not latest",
    40003: "invalid openid",
    40008: "invalid message type",
    40013: "invalid appid",
    40029: "invalid code",
    40037: "invalid template_id",
    40125: "invalid appsecret",
    40164: "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist",
    40130: "invalid openid list size, at least two openid",
    41001: "access_token missing",
    42001: "access_token expired",
    43004: "require subscribe",
    43101: "user refuse to accept the msg",
    44002: "empty post data",
    44004: "empty content",
    45002: "content size out of limit",
    45009: "reach max api daily quota limit",
    45015: "response out of time limit or subscription is canceled",
    45028: "has no masssend quota",
    45047: "out of response count limit",
    45065: "clientmsgid exist",
    47001: "data format error",
    47003: "argument invalid!",
}
FAULTS = ("", "busy", "quota", "lost", "token", "ip")


class RefusedError(Exception):
    """A code that is not zero, and whatever is told besides."""

    def __init__(self, code: int, text: str = "", **more: object) -> None:
        super().__init__(code)
        self.code, self.text, self.more = code, text, more


@dataclass(slots=True)
class _Token:
    value: str
    until: datetime


class Door:
    """Lets calls with a good token through."""

    def __init__(
        self, prefix: str, settings: Settings, *, clock: Clock, rng: random.Random, wire: WireLog | None
    ) -> None:
        self.prefix = prefix
        self.settings = settings
        #: How calls are answered: as they should be if empty, else one of FAULTS; `lost` acts and is silent.
        self.fault = ""
        #: How often a token was asked for, and got by force.
        self.tokens_given, self.forced = 0, 0
        self._clock, self._rng, self._wire = clock, rng, wire
        self._token: _Token | None = None

    def post(self, path: str, act: Callable[[Json], Json]) -> web.RouteDef:
        """A call that acts."""
        return web.post(f"{self.prefix}{path}", self._answering(path, act))

    def get(self, path: str, act: Callable[[Json], Json]) -> web.RouteDef:
        """A call that reads; its query is the body."""
        return web.get(f"{self.prefix}{path}", self._answering(path, act), allow_head=False)

    def open_get(self, path: str, act: Callable[[Json], Json]) -> web.RouteDef:
        """A call that proves itself by the secret."""

        async def answer(request: web.Request) -> web.StreamResponse:
            return self._said(request, path, dict(request.query), lambda: self._proved(request.query, act))

        return web.get(f"{self.prefix}{path}", answer, allow_head=False)

    def token_route(self) -> web.RouteDef:
        """stable_token."""

        async def answer(request: web.Request) -> web.StreamResponse:
            body = json.loads(await request.read() or b"{}")
            return self._said(request, "/cgi-bin/stable_token", body, lambda: self._new_token(body))

        return web.post(f"{self.prefix}/cgi-bin/stable_token", answer)

    def spoil_token(self) -> None:
        """The platform takes its token back, as when somebody else has it made anew."""
        if self._token is not None:
            self._token.value = self._mint()

    def _answering(
        self, path: str, act: Callable[[Json], Json]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            raw = await request.read()
            try:
                body = json.loads(raw) if request.method == "POST" else dict(request.query)
            except ValueError:
                body = None
            fault = self.fault
            response = self._said(request, path, body, lambda: self._acted(request, body, act))
            if fault == "lost" and request.transport is not None:
                request.transport.abort()
            return response

        return answer

    def _acted(self, request: web.Request, body: object, act: Callable[[Json], Json]) -> Json:
        if self.fault == "busy":
            raise RefusedError(-1, "system error")
        if self.fault == "quota":
            raise RefusedError(45009)
        self._check_token(request.query.get("access_token", ""))
        if not isinstance(body, dict):
            raise RefusedError(47001)
        return act(body)

    def _said(
        self, request: web.Request, path: str, body: object, act: Callable[[], Json]
    ) -> web.StreamResponse:
        begun = time.monotonic()
        try:
            answer = {"errcode": 0, "errmsg": "ok", **act()}
        except RefusedError as exc:
            text = f"{exc.text or _TEXTS.get(exc.code, '')} rid: {self._rng.randbytes(8).hex()}"
            answer = {"errcode": exc.code, "errmsg": text, **exc.more}
        if self._wire is not None:
            self._wire.add(
                at=self._clock(), direction="call", method=request.method, path=f"{self.prefix}{path}",
                request=body, response=answer, status=200, seconds=time.monotonic() - begun,
            )  # fmt: skip
        return web.json_response(answer)

    def _check_token(self, given: str) -> None:
        if not given:
            raise RefusedError(41001)
        if self.fault == "token":
            self.fault = ""
            self.spoil_token()
        if self._token is None or given != self._token.value:
            raise RefusedError(40001)
        if self._clock() >= self._token.until:
            raise RefusedError(42001)

    def _new_token(self, body: Mapping[str, object]) -> Json:
        self._prove(body.get("appid"), body.get("secret"))
        if self.fault == "ip":
            raise RefusedError(40164)
        now = self._clock()
        forced = body.get("force_refresh") is True
        if forced or self._token is None or now >= self._token.until:
            self._token = _Token(self._mint(), now + _GOOD_FOR)
        self.tokens_given += 1
        self.forced += forced
        left = int((self._token.until - now).total_seconds())
        return {"access_token": self._token.value, "expires_in": left}

    def _proved(self, query: Mapping[str, str], act: Callable[[Json], Json]) -> Json:
        self._prove(query.get("appid"), query.get("secret"))
        return act(dict(query))

    def _prove(self, app_id: object, secret: object) -> None:
        if not self.settings.app_id or app_id != self.settings.app_id:
            raise RefusedError(40013)
        if not self.settings.secret or secret != self.settings.secret:
            raise RefusedError(40125)

    def _mint(self) -> str:
        return self._rng.randbytes(64).hex()
