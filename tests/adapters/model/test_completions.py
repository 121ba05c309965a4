"""A language model asked over HTTP: its words, or the reason why there are none."""

from __future__ import annotations

import asyncio

import pytest
from pydantic import ValidationError

from bot.adapters.model.completions import build
from bot.adapters.model.config import Config
from bot.insight.ask.translator import NoAnswer
from tests.adapters.model.server import ModelServer


async def test_what_it_says_comes_back_as_text(server: ModelServer) -> None:
    """One call, with the key in its place and the model by its name."""
    server.says = '{"metrics":["mql"]}'
    client = server.client()
    assert await client.complete("system", "question") == '{"metrics":["mql"]}'
    await client.close()
    assert server.headers[0]["Authorization"] == "Bearer sesame"
    assert server.asked[0]["model"] == "small"
    assert [one["content"] for one in server.asked[0]["messages"]] == ["system", "question"]
    assert server.asked[0]["temperature"] == 0


@pytest.mark.parametrize("status", [401, 429, 500, 503])
async def test_any_other_status_is_no_answer(server: ModelServer, status: int) -> None:
    """And it is not asked a second time."""
    server.status = status
    client = server.client()
    assert await client.complete("s", "q") is NoAnswer.STATUS
    await client.close()
    assert len(server.asked) == 1


async def test_it_is_not_followed_elsewhere(server: ModelServer) -> None:
    """The question goes to the address that was chosen and to no other."""
    server.redirect = server.url.removesuffix("/v1") + "/elsewhere"
    client = server.client()
    assert await client.complete("s", "q") is NoAnswer.STATUS
    await client.close()
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    "body",
    [
        b"", b"no json", b"[]", b"{}", b'{"choices":[]}', b'{"choices":[{"message":{}}]}',
        b'{"choices":[{"message":{"content":7}}]}', b'{"choices":[{"message":{"content":null}}]}',
        b'{"choices":[{"message":{"content":"' + b"x" * 70_000 + b'"}}]}',
    ],
)  # fmt: skip
async def test_what_has_another_shape_is_no_answer(server: ModelServer, body: bytes) -> None:
    """Nor is what is longer than any query."""
    server.raw = body
    client = server.client()
    assert await client.complete("s", "q") is NoAnswer.UNREADABLE
    await client.close()


async def test_who_takes_too_long_is_not_waited_for(server: ModelServer) -> None:
    """The limit holds for all of it."""
    server.hold()
    client = server.client(timeout=1)
    assert await client.complete("s", "q") is NoAnswer.LATE
    await client.close()


async def test_nobody_queues_for_it(server: ModelServer) -> None:
    """Two at a time; the third gets his hint at once."""
    server.hold()
    client = server.client(timeout=20)
    two = [asyncio.create_task(client.complete("s", "q")) for _ in range(2)]
    for _ in two:
        await server.waiting.acquire()
    assert await client.complete("s", "q") is NoAnswer.BUSY
    server.release()
    assert await asyncio.gather(*two) == ['{"metrics": []}'] * 2
    assert await client.complete("s", "q") == '{"metrics": []}'
    await client.close()


async def test_nobody_there_is_no_answer(server: ModelServer) -> None:
    """A port on which nobody listens."""
    client = build(Config.model_validate({"url": "http://127.0.0.1:9/v1", "name": "small"}))
    assert await client.complete("s", "q") is NoAnswer.UNREACHABLE
    await client.close()


@pytest.mark.parametrize(
    "url",
    ["", "model.example.com/v1", "ftp://host/v1", "http://model.example.com/v1", "http://8.8.8.8/v1",
     "https://user:word@host/v1", "https://host/v1?key=1"],
)  # fmt: skip
def test_an_address_that_would_carry_questions_in_the_open_is_refused(url: str) -> None:
    """Plain HTTP only to this machine and the network it is in."""
    with pytest.raises(ValidationError):
        Config.model_validate({"url": url, "name": "small"})


@pytest.mark.parametrize(
    "url", ["https://model.example.com/v1/", "http://127.0.0.1:8000/v1", "http://ollama:11434/v1"]
)
def test_an_address_that_may_be_used(url: str) -> None:
    """The slash at the end does not matter."""
    assert Config.model_validate({"url": url, "name": "small"}).url == url.rstrip("/")


def test_the_key_is_in_no_text_of_the_settings() -> None:
    """It is a secret."""
    assert "sesame" not in repr(
        Config.model_validate({"url": "https://h/v1", "name": "small", "key": "sesame"})
    )
