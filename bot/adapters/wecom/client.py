"""Call WeCom over HTTP: one deadline, one token, and an exact word for each way it can fail.

No exception of the HTTP library is passed on or chained: some of them spell the address,
and the address carries the token.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import aiohttp
import orjson
import structlog

from bot.adapters.wecom import codes
from bot.adapters.wecom.codes import PLATFORM
from bot.adapters.wecom.config import Config
from bot.adapters.wecom.limits import CallLimits
from bot.errors import AnswerLostError, PlatformBusyError
from bot.kit.clock import Monotonic
from bot.reach.calls import DEADLINE_S, Flight, bounded, over_sockets, retrying, silence
from bot.reach.tokens import Token, Tokens

log = structlog.get_logger()

#: Seconds for a file, which may be twenty megabytes.
_FILE_WITHIN_S: Final = 30.0
_UNREACHED = codes.SOON
_OK, _TOO_MANY, _SERVER_ERROR = 200, 429, 500
#: Seconds before its end at which a token is renewed; https://developer.work.weixin.qq.com/document/path/91039
_EARLY_S: Final = 300.0

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """A file as the body of a request."""

    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class _Request:
    method: str
    path: str
    params: Mapping[str, str]
    body: bytes | None
    content_type: str = "application/json"
    #: Asked in place of the API; then `path` is only its name in limits and errors.
    address: str = ""


class Client:
    """The calls of one self-built app."""

    def __init__(
        self,
        config: Config,
        monotonic: Monotonic,
        open_session: Callable[[], aiohttp.ClientSession] | None = None,
    ) -> None:
        self._config = config
        self._open = open_session or over_sockets
        self._limits = CallLimits(monotonic)
        self._tokens = Tokens(self._fetched_token, monotonic, early_s=_EARLY_S)
        self._session: aiohttp.ClientSession | None = None
        #: When the last answer was given, by the platform's clock, as it spells it.
        self.last_date = ""

    async def act(self, path: str, payload: Mapping[str, object], **params: str) -> Answer:
        """POST once. Equal payloads are equal bytes: the platform compares them."""
        return await self._called(_Request("POST", path, params, orjson.dumps(payload)))

    async def get(self, path: str, **params: str) -> Answer:
        """Read; repeats itself while that can help."""
        return await self._repeated(_Request("GET", path, params, None))

    async def read(self, path: str, payload: Mapping[str, object]) -> Answer:
        """Read by POST; repeats itself while that can help."""
        return await self._repeated(_Request("POST", path, {}, orjson.dumps(payload)))

    async def upload(self, path: str, form: Form, **params: str) -> Answer:
        """POST a file; nobody sees it before it is sent, so it may be repeated."""
        return await self._repeated(_Request("POST", path, params, form.body, form.content_type))

    async def tell(self, name: str, address: str, payload: Mapping[str, object]) -> Answer:
        """POST once to an address that is a secret of its own and wants no token; `name` stands for it."""
        request = _Request("POST", name, {}, orjson.dumps(payload), address=address)
        answer = await self._in_time(lambda flight: self._exchanged(request, flight))
        self._check(name, answer, address.rpartition("=")[2])
        return answer

    async def download(self, address: str, most: int) -> bytes:
        """Fetch a file of at most so many bytes; PlatformRejectedError if there is none."""
        trouble = ""
        try:
            async with asyncio.timeout(DEADLINE_S):
                return await self._downloaded(address, most)
        except (aiohttp.ClientError, OSError, TimeoutError) as exc:
            trouble = type(exc).__name__
        raise PlatformBusyError(PLATFORM, codes.SOON, f"(file: {trouble})")

    async def _downloaded(self, address: str, most: int) -> bytes:
        proxy = self._config.proxy.get_secret_value() or None
        async with self._open_session().request(
            "GET", address, proxy=proxy, trace_request_ctx=Flight()
        ) as response:
            if response.status >= _SERVER_ERROR or response.status == _TOO_MANY:
                raise PlatformBusyError(PLATFORM, codes.SOON, f"(file: http {response.status})")
            if response.status != _OK:
                codes.refuse("file", f"http {response.status}")
            body = await bounded(PLATFORM, response, most + 1, cuts=True)
            if len(body) > most:
                codes.refuse("file", f"over {most} bytes")
            return body

    async def media(self, media_id: str, most: int) -> tuple[str, bytes]:
        """Fetch what somebody sent: its name, if there is one, and at most so many bytes."""
        path = "/cgi-bin/media/get"
        trouble = ""
        try:
            async with asyncio.timeout(_FILE_WITHIN_S):
                token = await self._tokens.current()
                found = await self._file(path, media_id, most, token)
                if isinstance(found, dict) and _code(found) in codes.TOKEN:
                    self._tokens.spoil(token)
                    token = await self._tokens.current()
                    found = await self._file(path, media_id, most, token)
                if isinstance(found, tuple):
                    return found
                self._check(path, found, token)
                codes.refuse("media", "no file")
        except (aiohttp.ClientError, OSError, TimeoutError) as exc:
            trouble = type(exc).__name__
        raise PlatformBusyError(PLATFORM, codes.SOON, f"(media: {trouble})")

    async def _file(self, path: str, media_id: str, most: int, token: str) -> tuple[str, bytes] | Answer:
        """The file; or the answer that comes in its place."""
        self._limits.enter(path)
        async with self._open_session().request(
            "GET", f"{self._config.api_base}{path}", params={"access_token": token, "media_id": media_id},
            proxy=self._config.proxy.get_secret_value() or None, allow_redirects=False,
            trace_request_ctx=Flight(),
        ) as response:  # fmt: skip
            about = response.content_disposition
            if response.status != _OK or (about is None and "json" in response.content_type):
                return _read_answer(response.status, response.headers, await bounded(PLATFORM, response))
            body = await bounded(PLATFORM, response, most + 1, cuts=True)
            if len(body) > most:
                codes.refuse("media", f"over {most} bytes")
            return (about.filename or "" if about else ""), body

    def session(self) -> aiohttp.ClientSession:
        """The connections, for what is fetched from elsewhere."""
        return self._open_session()

    async def close(self) -> None:
        """Let go of the connections."""
        await self._tokens.close()
        if self._session is not None:
            await self._session.close()

    async def _repeated(self, request: _Request) -> Answer:
        async for attempt in retrying():
            with attempt:
                return await self._called(request)
        raise AssertionError  # pragma: no cover - tenacity returns or raises

    async def _called(self, request: _Request) -> Answer:
        return await self._in_time(lambda flight: self._with_token(request, flight))

    async def _in_time(self, call: Callable[[Flight], Awaitable[Answer]]) -> Answer:
        flight = Flight()
        try:
            async with asyncio.timeout(DEADLINE_S):
                answer = await call(flight)
        except TimeoutError:
            answer = None
        if answer is None:
            raise silence(PLATFORM, flight, f"no answer within {DEADLINE_S:.0f} s")
        return answer

    async def _with_token(self, request: _Request, flight: Flight) -> Answer:
        token = await self._tokens.current()
        answer = await self._exchanged(request, flight, access_token=token)
        if _code(answer) in codes.TOKEN:
            flight.left = False
            self._tokens.spoil(token)
            token = await self._tokens.current()
            answer = await self._exchanged(request, flight, access_token=token)
        self._check(request.path, answer, token)
        return answer

    async def _fetched_token(self) -> Token:
        secret = self._config.secret.get_secret_value()
        params = {"corpid": self._config.corp_id, "corpsecret": secret}
        request = _Request("GET", "/cgi-bin/gettoken", params, None)
        try:
            async with asyncio.timeout(DEADLINE_S):
                async for attempt in retrying():
                    with attempt:
                        answer = await self._exchanged(request, Flight())
                        self._check(request.path, answer, secret, signing_in=True)
        except TimeoutError:
            answer = None
        if answer is None:
            raise PlatformBusyError(PLATFORM, _UNREACHED, "(no token in time)")
        value, span = answer.get("access_token"), answer.get("expires_in")
        if not isinstance(value, str) or not value or not isinstance(span, int) or span <= 0:
            raise AnswerLostError(PLATFORM, "the answer holds no token")
        return Token(value, float(span))

    def _check(self, path: str, answer: Answer, secret: str, *, signing_in: bool = False) -> None:
        """Raise what the answer's code means, with its text whole but for the secret."""
        code = _code(answer)
        if code == 0:
            return
        text = str(answer.get("errmsg", "")).replace(secret, "…")
        error = codes.error_of(code, text, signing_in=signing_in)
        if codes.is_shut_out(code, signing_in=signing_in):
            log.error("platform.shut_us_out", platform=PLATFORM, code=code, said=str(error))
        if code == codes.TOO_OFTEN and isinstance(error, PlatformBusyError):
            self._limits.shut(path, error.retry_after)
        raise error

    async def _exchanged(self, request: _Request, flight: Flight, **params: str) -> Answer:
        self._limits.enter(request.path)
        trouble = ""
        try:
            async with self._open_session().request(
                request.method,
                request.address or f"{self._config.api_base}{request.path}",
                params={**request.params, **params},
                data=request.body,
                headers={"Content-Type": request.content_type} if request.body else None,
                proxy=self._config.proxy.get_secret_value() or None,
                allow_redirects=False,
                trace_request_ctx=flight,
            ) as response:
                self.last_date = response.headers.get("Date", "")
                return _read_answer(response.status, response.headers, await bounded(PLATFORM, response))
        except (aiohttp.ClientError, OSError) as exc:
            trouble = type(exc).__name__
        raise silence(PLATFORM, flight, trouble)

    def _open_session(self) -> aiohttp.ClientSession:
        # Made at the first call, since it belongs to the running loop.
        if self._session is None:
            self._session = self._open()
        return self._session


def _read_answer(status: int, headers: Mapping[str, str], body: bytes) -> Answer:
    if status == _TOO_MANY:
        text = headers.get("Retry-After", "")
        seconds = int(text) if text.isascii() and text.isdigit() and len(text) <= len("86400") else 60
        raise PlatformBusyError(PLATFORM, timedelta(seconds=seconds), "(http 429)")
    if status >= _SERVER_ERROR:
        raise AnswerLostError(PLATFORM, f"http {status}")
    if status != _OK:
        codes.refuse(f"http {status}", "not an answer of the platform; is a proxy in between?")
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        answer = None
    if not isinstance(answer, dict):
        raise AnswerLostError(PLATFORM, "the answer is not a JSON object")
    return answer


def _code(answer: Answer) -> int:
    """Give the answer's code; without one nobody knows what happened."""
    code = answer.get("errcode")
    if isinstance(code, str) and code.removeprefix("-").isdecimal():
        code = int(code)
    if not isinstance(code, int) or isinstance(code, bool):
        raise AnswerLostError(PLATFORM, "the answer carries no errcode")
    return code
