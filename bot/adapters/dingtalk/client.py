"""Call DingTalk's two APIs: one deadline, one token, and an exact word for each way it can fail.

The new API takes the token in a header and answers errors with a status and a code of letters; the old
one takes it in the address and answers 200 with a number. No exception of the HTTP library is passed on
or chained: some of them spell the address, and the old API's address carries the token.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

import aiohttp
import orjson

from bot.adapters.dingtalk import codes
from bot.adapters.dingtalk.codes import PLATFORM
from bot.adapters.dingtalk.config import Config
from bot.adapters.dingtalk.pace import PATIENCE_S, READING_S, Pace
from bot.errors import AnswerLostError, PlatformBusyError, PlatformRejectedError
from bot.kit.clock import Monotonic
from bot.reach.calls import DEADLINE_S, Flight, bounded, over_sockets, retrying, silence
from bot.reach.tokens import Token, Tokens

#: Seconds for a file, which may be twenty megabytes.
_FILE_WITHIN_S: Final = 30.0
#: Seconds before its end at which a token is renewed; asking again gives the same one and prolongs it.
#: https://open.dingtalk.com/document/development/obtain-the-access-token-of-an-internal-app
_EARLY_S: Final = 600.0
_OK, _REDIRECT, _FORBIDDEN, _TOO_MANY = 200, 300, 403, 429
_SERVER_ERROR, _UNAVAILABLE, _GATEWAY_TIMEOUT = 500, 503, 504
#: What the wall before the API says to an address that called too much.
_FLOOD = 1111

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    address: str
    #: Stands for the address in errors.
    name: str
    body: bytes | None = None
    params: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    is_old: bool = False
    #: The platform counts it against the month.
    costs: bool = False


class Client:
    """The calls of one app."""

    def __init__(
        self,
        config: Config,
        monotonic: Monotonic,
        open_session: Callable[[], aiohttp.ClientSession] | None = None,
    ) -> None:
        self._config = config
        self._monotonic = monotonic
        self._open = open_session or over_sockets
        self._tokens = Tokens(self._fetched_token, monotonic, early_s=_EARLY_S)
        self._pace = Pace(config.calls_per_second)
        self._session: aiohttp.ClientSession | None = None
        #: Until when nothing is asked at all, and nothing that costs.
        self._banned_until = 0.0
        self._spent_until = 0.0
        #: When the last answer was given, by the platform's clock, as it spells it.
        self.last_date = ""

    async def act(self, method: str, path: str, payload: Mapping[str, object] | None = None) -> Answer:
        """Ask the new API once, for something that costs."""
        return await self._called(self._new(method, path, payload, costs=True))

    async def ask(self, method: str, path: str, payload: Mapping[str, object] | None = None) -> Answer:
        """Ask the new API for something that changes nothing; repeats itself while that can help."""
        return await self._repeated(self._new(method, path, payload))

    async def contacts(self, path: str, payload: Mapping[str, object]) -> Answer:
        """Read the address book: free, and repeated while that can help."""
        return await self._repeated(self._old(path, orjson.dumps(payload)))

    async def act_old(self, path: str, payload: Mapping[str, object]) -> Answer:
        """Ask the old API once."""
        return await self._called(self._old(path, orjson.dumps(payload), costs=True))

    async def upload(self, path: str, body: bytes, content_type: str) -> Answer:
        """POST a file; nobody sees it before it is sent, so it may be repeated."""
        return await self._repeated(self._old(path, body, content_type=content_type))

    async def say(self, address: str, payload: Mapping[str, object]) -> Answer:
        """POST once to an address that was given to us for one conversation and wants no token."""
        request = _Request("POST", address, "sessionWebhook", orjson.dumps(payload), is_old=True)
        answer = await self._in_time(request, needs_token=False)
        self._check(answer)
        return answer

    async def gateway(self, subscriptions: list[dict[str, str]], ua: str) -> tuple[str, str]:
        """Ask for a place to connect to: its address and a ticket that is good once, for 90 seconds."""
        payload = {
            "clientId": self._config.client_id,
            "clientSecret": self._config.client_secret.get_secret_value(),
            "subscriptions": subscriptions,
            "ua": ua,
        }
        request = self._new("POST", "/v1.0/gateway/connections/open", payload)
        answer = await self._in_time(request, needs_token=False)
        self._check(answer)
        endpoint, ticket = answer.get("endpoint"), answer.get("ticket")
        if not isinstance(endpoint, str) or not isinstance(ticket, str) or not endpoint or not ticket:
            raise AnswerLostError(PLATFORM, "the answer holds no ticket")
        return endpoint, ticket

    async def fetch(self, address: str, most: int) -> bytes:
        """Get a file of at most so many bytes from an address that is a secret of its own."""
        trouble = ""
        try:
            async with (
                asyncio.timeout(_FILE_WITHIN_S),
                self._open_session().get(
                    address, allow_redirects=False, trace_request_ctx=Flight()
                ) as response,
            ):
                if response.status != _OK:
                    codes.refuse("media", f"http {response.status}")
                body = await bounded(PLATFORM, response, most, cuts=True)
                if len(body) > most:
                    codes.refuse("media", f"over {most} bytes")
                return body
        except (aiohttp.ClientError, OSError, TimeoutError) as exc:
            trouble = type(exc).__name__
        raise PlatformBusyError(PLATFORM, codes.SOON, f"(media: {trouble})")

    async def close(self) -> None:
        """Let go of the connections."""
        await self._tokens.close()
        if self._session is not None:
            await self._session.close()

    def _new(
        self, method: str, path: str, payload: Mapping[str, object] | None, *, costs: bool = False
    ) -> _Request:
        body = None if payload is None else orjson.dumps(payload)
        return _Request(method, f"{self._config.api_base}{path}", urlsplit(path).path, body, costs=costs)

    def _old(
        self, path: str, body: bytes, *, content_type: str = "application/json", costs: bool = False
    ) -> _Request:
        address, name = f"{self._config.oapi_base}{path}", urlsplit(path).path
        return _Request("POST", address, name, body, content_type=content_type, is_old=True, costs=costs)

    async def _repeated(self, request: _Request) -> Answer:
        async for attempt in retrying():
            with attempt:
                return await self._in_time(request, patience_s=READING_S)
        raise AssertionError  # pragma: no cover - tenacity returns or raises

    async def _called(self, request: _Request) -> Answer:
        return await self._in_time(request)

    async def _in_time(
        self, request: _Request, *, needs_token: bool = True, patience_s: float = PATIENCE_S
    ) -> Answer:
        flight = Flight()
        async with self._pace.turn(request.method, request.name, patience_s=patience_s):
            try:
                async with asyncio.timeout(DEADLINE_S):
                    if needs_token:
                        answer: Answer | None = await self._with_token(request, flight)
                    else:
                        answer = await self._exchanged(request, flight)
            except TimeoutError:
                answer = None
        if answer is None:
            raise silence(PLATFORM, flight, f"{request.name}: no answer within {DEADLINE_S:.0f} s")
        return answer

    async def _with_token(self, request: _Request, flight: Flight) -> Answer:
        token = await self._tokens.current()
        answer = await self._exchanged(request, flight, token)
        if codes.code_of(answer) in codes.TOKEN:
            flight.left = False
            self._tokens.spoil(token)
            answer = await self._exchanged(request, flight, await self._tokens.current())
        self._check(answer)
        return answer

    async def _fetched_token(self) -> Token:
        payload = {
            "appKey": self._config.client_id,
            "appSecret": self._config.client_secret.get_secret_value(),
        }
        request = self._new("POST", "/v1.0/oauth2/accessToken", payload)
        try:
            async with asyncio.timeout(DEADLINE_S):
                answer: Answer | None = None
                async for attempt in retrying():
                    with attempt:
                        answer = await self._exchanged(request, Flight())
                        self._check(answer)
        except TimeoutError:
            answer = None
        if answer is None:
            raise PlatformBusyError(PLATFORM, codes.SOON, "(no token in time)")
        value, span = answer.get("accessToken"), answer.get("expireIn")
        if not isinstance(value, str) or not value or not isinstance(span, int) or span <= 0:
            raise AnswerLostError(PLATFORM, "the answer holds no token")
        return Token(value, float(span))

    def _check(self, answer: Answer) -> None:
        """Raise what the answer's code means."""
        code = codes.code_of(answer)
        if not code:
            return
        secret = self._config.client_secret.get_secret_value()
        text = codes.text_of(answer).replace(secret, "…")
        if code in codes.LOST:
            raise AnswerLostError(PLATFORM, f"{code}: {text}")
        if code in codes.QUOTA:
            self._spent_until = self._monotonic() + codes.EXHAUSTED.total_seconds()
        raise codes.error_of(code, text)

    def _enter(self, request: _Request) -> None:
        now = self._monotonic()
        if now < self._banned_until:
            wait = timedelta(seconds=self._banned_until - now)
            raise PlatformBusyError(PLATFORM, wait, "(this address called too often)")
        if request.costs and now < self._spent_until:
            code = "Forbidden.AccessDenied.ApiCountLimitForOrg"
            raise codes.error_of(code, "not asked again for some minutes")

    async def _exchanged(self, request: _Request, flight: Flight, token: str = "") -> Answer:
        self._enter(request)
        headers = {"Accept": "application/json"}
        params = dict(request.params)
        if request.body is not None:
            headers["Content-Type"] = request.content_type
        if token and request.is_old:
            params["access_token"] = token
        elif token:
            headers["x-acs-dingtalk-access-token"] = token
        trouble = ""
        try:
            async with self._open_session().request(
                request.method, request.address, params=params, data=request.body, headers=headers,
                allow_redirects=False, trace_request_ctx=flight,
            ) as response:  # fmt: skip
                self.last_date = response.headers.get("Date", "")
                return self._read(response.status, await bounded(PLATFORM, response))
        except (aiohttp.ClientError, OSError) as exc:
            trouble = type(exc).__name__
        raise silence(PLATFORM, flight, f"{request.name}: {trouble}")

    def _read(self, status: int, body: bytes) -> Answer:
        answer = _object(body)
        flooded = answer is not None and answer.get("status") == _FLOOD
        if flooded or (answer is None and status == _FORBIDDEN):
            self._banned_until = self._monotonic() + codes.BANNED.total_seconds()
            raise PlatformBusyError(PLATFORM, codes.BANNED, "(this address called too often)")
        code = "" if answer is None else codes.code_of(answer)
        if answer is not None and (status < _REDIRECT or (code and status < _SERVER_ERROR)):
            return answer
        if answer is not None and status != _GATEWAY_TIMEOUT and codes.is_plain(code):
            return answer
        if status in {_UNAVAILABLE, _TOO_MANY}:
            raise codes.error_of(str(status), f"http {status}")
        if status == _OK or status >= _SERVER_ERROR:
            raise AnswerLostError(PLATFORM, f"http {status} {code}".rstrip())
        raise PlatformRejectedError(PLATFORM, f"http {status}", "not an answer of the platform")

    def _open_session(self) -> aiohttp.ClientSession:
        # Made at the first call, since it belongs to the running loop.
        if self._session is None:
            self._session = self._open()
        return self._session


def _object(body: bytes) -> Answer | None:
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None
