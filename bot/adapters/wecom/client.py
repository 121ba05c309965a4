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
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential

from bot.adapters.wecom import codes
from bot.adapters.wecom.codes import PLATFORM
from bot.adapters.wecom.config import Config
from bot.adapters.wecom.limits import CallLimits
from bot.adapters.wecom.token import Token, Tokens
from bot.errors import AnswerLostError, PlatformBusyError, PlatformError
from bot.kit.clock import Monotonic

log = structlog.get_logger()

#: Seconds for a whole call, the token and a second try included.
DEADLINE_S: Final = 5.0
#: Bytes. A department of thousands is a few megabytes.
_ANSWER_MAX: Final = 16 * 1024 * 1024
_CONNECTIONS: Final = 50
_UNREACHED = codes.SOON
_OK, _TOO_MANY, _SERVER_ERROR = 200, 429, 500
#: Longer than this, and a reader had better come again than wait here.
_PATIENCE = timedelta(seconds=3)

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Form:
    """A file as the body of a request."""

    body: bytes
    content_type: str


@dataclass(slots=True)
class _Flight:
    """Whether anything of a request has left us: after that, silence may mean yes."""

    left: bool = False


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
        self._open = open_session or _over_sockets
        self._limits = CallLimits(monotonic)
        self._tokens = Tokens(self._fetched_token, monotonic)
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
            "GET", address, proxy=proxy, trace_request_ctx=_Flight()
        ) as response:
            if response.status >= _SERVER_ERROR or response.status == _TOO_MANY:
                raise PlatformBusyError(PLATFORM, codes.SOON, f"(file: http {response.status})")
            if response.status != _OK:
                codes.refuse("file", f"http {response.status}")
            body = await _bounded(response, most + 1, cuts=True)
            if len(body) > most:
                codes.refuse("file", f"over {most} bytes")
            return body

    async def close(self) -> None:
        """Let go of the connections."""
        await self._tokens.close()
        if self._session is not None:
            await self._session.close()

    async def _repeated(self, request: _Request) -> Answer:
        async for attempt in _retrying():
            with attempt:
                return await self._called(request)
        raise AssertionError  # pragma: no cover - tenacity returns or raises

    async def _called(self, request: _Request) -> Answer:
        return await self._in_time(lambda flight: self._with_token(request, flight))

    async def _in_time(self, call: Callable[[_Flight], Awaitable[Answer]]) -> Answer:
        flight = _Flight()
        try:
            async with asyncio.timeout(DEADLINE_S):
                answer = await call(flight)
        except TimeoutError:
            answer = None
        if answer is None:
            raise _silence(flight, f"no answer within {DEADLINE_S:.0f} s")
        return answer

    async def _with_token(self, request: _Request, flight: _Flight) -> Answer:
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
                async for attempt in _retrying():
                    with attempt:
                        answer = await self._exchanged(request, _Flight())
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

    async def _exchanged(self, request: _Request, flight: _Flight, **params: str) -> Answer:
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
                return _read_answer(response.status, response.headers, await _bounded(response))
        except (aiohttp.ClientError, OSError) as exc:
            trouble = type(exc).__name__
        raise _silence(flight, trouble)

    def _open_session(self) -> aiohttp.ClientSession:
        # Made at the first call, since it belongs to the running loop.
        if self._session is None:
            self._session = self._open()
        return self._session


def _over_sockets() -> aiohttp.ClientSession:
    trace = aiohttp.TraceConfig()
    trace.on_request_headers_sent.append(_has_left)
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=_CONNECTIONS),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),
        trace_configs=[trace],
    )


async def _has_left(_session: aiohttp.ClientSession, context: Any, _params: object) -> None:  # noqa: ANN401 - the library's own type
    context.trace_request_ctx.left = True


def _retrying() -> AsyncRetrying:
    return AsyncRetrying(
        stop=stop_after_attempt(3),
        wait=wait_exponential(multiplier=0.2, max=2),
        retry=retry_if_exception(_may_pass),
        reraise=True,
    )


def _may_pass(exc: BaseException) -> bool:
    if isinstance(exc, PlatformBusyError):
        return exc.retry_after <= _PATIENCE
    return isinstance(exc, AnswerLostError)


def _silence(flight: _Flight, what: str) -> PlatformError:
    if flight.left:
        return AnswerLostError(PLATFORM, what)
    return PlatformBusyError(PLATFORM, _UNREACHED, f"(not reached: {what})")


async def _bounded(response: aiohttp.ClientResponse, most: int = _ANSWER_MAX, *, cuts: bool = False) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > most and cuts:
            return b"".join((*chunks, chunk))
        if size > most:
            raise AnswerLostError(PLATFORM, f"the answer is over {most} bytes")
        chunks.append(chunk)
    return b"".join(chunks)


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
