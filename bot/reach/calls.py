"""What is the same in every call to a platform: whether it left us, when to try again, how much is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import aiohttp
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_exponential

from bot.errors import AnswerLostError, PlatformBusyError, PlatformError

#: Seconds for a whole call, the token and a second try included.
DEADLINE_S: Final = 5.0
#: Bytes. A department of thousands is a few megabytes.
ANSWER_MAX: Final = 16 * 1024 * 1024
#: When nothing was reached and nobody said how long to wait.
_SOON = timedelta(seconds=5)
_CONNECTIONS: Final = 50
#: Longer than this, and a reader had better come again than wait here.
_PATIENCE = timedelta(seconds=3)


@dataclass(slots=True)
class Flight:
    """Whether anything of a request has left us: after that, silence may mean yes."""

    left: bool = False


def over_sockets() -> aiohttp.ClientSession:
    """Open the connections; each request's Flight is told when its headers have left."""
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


def retrying() -> AsyncRetrying:
    """Three tries, for what changes nothing."""
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


def silence(platform: str, flight: Flight, what: str) -> PlatformError:
    """What it means that nothing came back."""
    if flight.left:
        return AnswerLostError(platform, what)
    return PlatformBusyError(platform, _SOON, f"(not reached: {what})")


async def bounded(
    platform: str, response: aiohttp.ClientResponse, most: int = ANSWER_MAX, *, cuts: bool = False
) -> bytes:
    """Read an answer of at most so many bytes; a longer one is cut behind them, or lost."""
    chunks: list[bytes] = []
    size = 0
    async for chunk in response.content.iter_any():
        size += len(chunk)
        if size > most and cuts:
            return b"".join((*chunks, chunk))
        if size > most:
            raise AnswerLostError(platform, f"the answer is over {most} bytes")
        chunks.append(chunk)
    return b"".join(chunks)
