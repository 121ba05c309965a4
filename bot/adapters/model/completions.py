"""One question, one call: POST /chat/completions, whatever happens an answer or the reason for none."""

from __future__ import annotations

import asyncio
from typing import Any, Final

import aiohttp
import orjson

from bot.adapters.model.config import Config
from bot.insight.ask.translator import NoAnswer

#: Bytes of an answer: a query is some hundreds.
_ANSWER_MAX: Final = 64 * 1024
_TOKENS: Final = 500
#: Calls at a time; whoever comes then gets the hint that he would have got without a model.
_AT_ONCE: Final = 2
_OK: Final = 200


class Completions:
    """A model that is asked over HTTP."""

    def __init__(self, config: Config) -> None:
        self._config = config
        self.knows_people = config.people
        self._session: aiohttp.ClientSession | None = None
        self._under_way = 0

    async def complete(self, system: str, question: str) -> str | NoAnswer:
        """What it says, as text; it is tried once."""
        if self._under_way >= _AT_ONCE:
            return NoAnswer.BUSY
        self._under_way += 1
        try:
            async with asyncio.timeout(self._config.timeout):
                return await self._asked(system, question)
        except TimeoutError:
            return NoAnswer.LATE
        except (aiohttp.ClientError, OSError):
            return NoAnswer.UNREACHABLE
        finally:
            self._under_way -= 1

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def _asked(self, system: str, question: str) -> str | NoAnswer:
        key = self._config.key.get_secret_value()
        body = {
            "model": self._config.name,
            "messages": [{"role": "system", "content": system}, {"role": "user", "content": question}],
            "temperature": 0,
            "max_tokens": _TOKENS,
        }
        async with self._open().post(
            f"{self._config.url}/chat/completions",
            data=orjson.dumps(body),
            headers={
                "Content-Type": "application/json",
                **({"Authorization": f"Bearer {key}"} if key else {}),
            },
            # An answer from elsewhere is no answer of the one we chose.
            allow_redirects=False,
        ) as response:
            if response.status != _OK:
                return NoAnswer.STATUS
            return _said(await _bounded(response))

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                cookie_jar=aiohttp.DummyCookieJar(), timeout=aiohttp.ClientTimeout(total=None)
            )
        return self._session


async def _bounded(response: aiohttp.ClientResponse) -> bytes:
    """All of it, or nothing if it is longer than any answer."""
    read = b""
    async for chunk in response.content.iter_any():
        read += chunk
        if len(read) > _ANSWER_MAX:
            return b""
    return read


def _said(body: bytes) -> str | NoAnswer:
    try:
        shape: Any = orjson.loads(body)
        said = shape["choices"][0]["message"]["content"]
    except (orjson.JSONDecodeError, KeyError, IndexError, TypeError):
        return NoAnswer.UNREADABLE
    return said if isinstance(said, str) else NoAnswer.UNREADABLE


def build(config: Config) -> Completions:
    """Nothing is connected before the first question."""
    return Completions(config)
