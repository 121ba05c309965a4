"""Call WeChat's open platform for one account (公众号、小程序): one token, one deadline, nothing done twice.

No exception of the HTTP library is passed on or chained: the address carries the token.
https://developers.weixin.qq.com/doc/service/api/base/api_getstableaccesstoken.html
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import aiohttp
import orjson
import structlog

from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError
from bot.kit.clock import Monotonic
from bot.reach import weixin_codes as codes
from bot.reach.calls import DEADLINE_S, Flight, bounded, over_sockets, retrying, silence
from bot.reach.tokens import Token, Tokens

log = structlog.get_logger()

#: The platform's own address.
BASE: Final = "https://api.weixin.qq.com"
_MOST: Final = 256 * 1024
#: Seconds before its end at which a token is renewed; the platform renews five minutes early.
_EARLY_S: Final = 300.0
#: Seconds between two tokens got by force: the platform gives twenty a day.
_FORCE_EVERY_S: Final = 7200.0
_OK, _TOO_MANY, _SERVER_ERROR = 200, 429, 500
_SOON: Final = codes.SOON

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Account:
    """Whom we call as."""

    #: Whose word it is in errors and logs.
    platform: str
    app_id: str
    secret: str = field(repr=False)
    base: str = BASE


class Weixin:
    """The calls of one account."""

    def __init__(
        self,
        account: Account,
        monotonic: Monotonic,
        open_session: Callable[[], aiohttp.ClientSession] | None = None,
    ) -> None:
        self._account = account
        self._monotonic = monotonic
        self._open = open_session or over_sockets
        self._session: aiohttp.ClientSession | None = None
        self._tokens = Tokens(self._fetched_token, monotonic, early_s=_EARLY_S)
        #: The token that was refused last, and when one was got by force.
        self._refused = ""
        self._forced_at: float | None = None
        #: By path: until when it is of no use.
        self._shut: dict[str, float] = {}

    async def act(self, path: str, payload: Mapping[str, object], *, fine: tuple[int, ...] = ()) -> Answer:
        """POST once; a code among `fine` is an answer like any other."""
        if self._monotonic() < self._shut.get(path, 0.0):
            raise codes.error_of(self._account.platform, 45009, "shut since the last answer")
        return await self._in_time("POST", path, {}, orjson.dumps(payload), fine)

    async def get(self, path: str, **params: str) -> Answer:
        """Read; repeats itself while that can help."""
        async for attempt in retrying():
            with attempt:
                return await self._in_time("GET", path, params, None, ())
        raise AssertionError  # pragma: no cover - tenacity returns or raises

    async def without_token(self, path: str, **params: str) -> Answer:
        """Read something that wants the account's secret in place of a token."""
        given = {"appid": self._account.app_id, "secret": self._account.secret, **params}
        flight = Flight()
        answer = await self._deadlined(self._exchanged("GET", path, given, None, flight), flight)
        self._check(path, answer, ())
        return answer

    async def close(self) -> None:
        """Let go of the connections."""
        await self._tokens.close()
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _in_time(
        self, method: str, path: str, params: Mapping[str, str], body: bytes | None, fine: tuple[int, ...]
    ) -> Answer:
        flight = Flight()

        async def call() -> Answer:
            token = await self._tokens.current()
            answer = await self._exchanged(method, path, {**params, "access_token": token}, body, flight)
            if _code(answer) in codes.TOKEN:
                flight.left = False
                self._refused = token
                self._tokens.spoil(token)
                token = await self._tokens.current()
                answer = await self._exchanged(method, path, {**params, "access_token": token}, body, flight)
            self._check(path, answer, fine)
            return answer

        return await self._deadlined(call(), flight)

    async def _deadlined(self, call: Any, flight: Flight) -> Answer:  # noqa: ANN401 - a coroutine
        answer: Answer | None = None
        try:
            async with asyncio.timeout(DEADLINE_S):
                answer = await call
        except TimeoutError:
            answer = None
        if answer is None:
            raise silence(self._account.platform, flight, f"no answer within {DEADLINE_S:.0f} s")
        return answer

    async def _fetched_token(self) -> Token:
        found = await self._token(force=False)
        if found.value != self._refused:
            return found
        # The platform gives the token that it has just refused: another one has to be made.
        now = self._monotonic()
        if self._forced_at is not None and now - self._forced_at < _FORCE_EVERY_S:
            raise codes.error_of(self._account.platform, 40001, "the platform refuses its own token")
        self._forced_at = now
        return await self._token(force=True)

    async def _token(self, *, force: bool) -> Token:
        own = self._account
        asked = {"grant_type": "client_credential", "appid": own.app_id, "secret": own.secret}
        body = orjson.dumps({**asked, **({"force_refresh": True} if force else {})})
        path, flight = "/cgi-bin/stable_token", Flight()
        try:
            answer = await self._deadlined(self._exchanged("POST", path, {}, body, flight), flight)
        except AnswerLostError:
            answer = None
        if answer is None:
            # That a token was asked for does nothing to anybody.
            raise PlatformBusyError(own.platform, _SOON, "(no token in time)")
        self._check(path, answer, ())
        value, span = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(value, str) or not value or not isinstance(span, int) or span <= 0:
            raise PlatformBusyError(own.platform, _SOON, "(the answer holds no token)")
        return Token(value, float(span))

    def _check(self, path: str, answer: Answer, fine: tuple[int, ...]) -> None:
        code = _code(answer)
        if code == 0 or code in fine:
            return
        own = self._account
        text = str(answer.get("errmsg", ""))[:300].replace(own.secret, "…")
        error = codes.error_of(own.platform, code, text)
        if code in codes.CURES or isinstance(error, PlatformRejectedError):
            log.error("platform.refused", platform=own.platform, code=code, path=path, said=str(error))
        if codes.shuts(code) and isinstance(error, PlatformBusyError):
            self._shut[path] = self._monotonic() + error.retry_after.total_seconds()
        raise error

    async def _exchanged(
        self, method: str, path: str, params: Mapping[str, str], body: bytes | None, flight: Flight
    ) -> Answer:
        trouble = ""
        try:
            async with self._opened().request(
                method, f"{self._account.base}{path}", params=params, data=body, allow_redirects=False,
                headers={"Content-Type": "application/json"} if body else None, trace_request_ctx=flight,
            ) as response:  # fmt: skip
                raw = await bounded(self._account.platform, response, _MOST)
                return self._answer(response.status, raw)
        except (aiohttp.ClientError, OSError) as exc:
            trouble = type(exc).__name__
        raise silence(self._account.platform, flight, trouble)

    def _answer(self, status: int, raw: bytes) -> Answer:
        platform = self._account.platform
        if status == _TOO_MANY:
            raise PlatformBusyError(platform, _SOON, "(http 429)")
        if status >= _SERVER_ERROR:
            raise AnswerLostError(platform, f"http {status}")
        if status != _OK:
            raise PlatformRejectedError(platform, f"http {status}", "no answer of the platform's")
        try:
            answer = orjson.loads(raw)
        except orjson.JSONDecodeError:
            answer = None
        if not isinstance(answer, dict):
            raise AnswerLostError(platform, "the answer is not a JSON object")
        return answer

    def _opened(self) -> aiohttp.ClientSession:
        # Made at the first call, since it belongs to the running loop.
        if self._session is None:
            self._session = self._open()
        return self._session


def _code(answer: Answer) -> int:
    """The answer's code; what is read (tokens, people) carries none when all is well."""
    code = answer.get("errcode", 0)
    return code if isinstance(code, int) and not isinstance(code, bool) else -1
