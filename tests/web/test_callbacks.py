"""The door for platforms: genuine and committed gets 200, the rest one empty 401, no commit a 503."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.adapters.wecom import ADAPTER
from bot.chat.adapter import Means
from bot.errors import StoreBusyError
from bot.kit.wecom_box import WeComBox
from bot.kit.xml import render
from bot.store import inbox
from bot.web import server
from bot.web.callbacks import Callbacks
from bot.web.health import Health

TOKEN, AES_KEY, CORP = "tokenOfThisTest", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "ww0123456789abcdef"
BOX = WeComBox(TOKEN, AES_KEY, CORP)


class Refusing:
    """A store in which no commit can be had."""

    async def write(self, unit, *, lane_key="", within=None, urgent=False):
        raise StoreBusyError


@pytest.fixture
def adapter(clock, random_bytes):
    config = ADAPTER.config(
        corp_id=CORP, agent_id="1000002", secret="k" * 20 + "3", token=TOKEN, aes_key=AES_KEY
    )
    return ADAPTER.build(config, Means(clock, lambda: 0.0, random_bytes))


async def client_of(adapter, store, vault, clock) -> TestClient:
    callbacks = Callbacks(adapter=adapter, store=store, vault=vault, clock=clock, wake=lambda: None)
    app = server.build(callbacks={"wecom": callbacks}, health=Health(store=store, clock=clock))
    client = TestClient(TestServer(app))
    await client.start_server()
    return client


@pytest.fixture
async def client(adapter, lite, vault, clock):
    opened = await client_of(adapter, lite, vault, clock)
    yield opened
    await opened.close()
    await adapter.close()


def signed(clock, text: str = "你好", message_id: str = "1") -> tuple[dict[str, str], bytes]:
    """A text as WeCom would deliver it."""
    stamp = str(int(clock().timestamp()))
    inner = render(
        {"ToUserName": CORP, "FromUserName": "mei", "CreateTime": stamp, "MsgType": "text",
         "Content": text, "MsgId": message_id, "AgentID": "1000002"}
    )  # fmt: skip
    sealed = BOX.seal(inner, timestamp=stamp, nonce="n0nce", random16=b"0123456789abcdef")
    query = {"msg_signature": sealed.signature, "timestamp": stamp, "nonce": "n0nce"}
    return query, render({"ToUserName": CORP, "AgentID": "1000002", "Encrypt": sealed.encrypted})


async def test_genuine_is_kept_and_then_answered(client, clock, lite):
    query, body = signed(clock)

    answer = await client.post("/callback/wecom", params=query, data=body)

    assert (answer.status, await answer.read()) == (200, b"")
    assert await lite.write(inbox.counts) == {"pending": 1}


async def test_a_hundred_repeats_are_one(client, clock, lite):
    query, body = signed(clock)

    answers = await asyncio.gather(
        *(client.post("/callback/wecom", params=query, data=body) for _ in range(100))
    )

    assert {a.status for a in answers} == {200}
    assert await lite.write(inbox.counts) == {"pending": 1}


@pytest.mark.parametrize("harm", ["signature", "body", "nonce", "stale", "nothing", "junk"])
async def test_whatever_is_not_genuine_gets_the_same_empty_401(client, clock, lite, harm):
    query, body = signed(clock)
    match harm:
        case "signature":
            query["msg_signature"] = "0" * 40
        case "body":
            body = body.replace(b"<Encrypt>", b"<Encrypt>AA")
        case "nonce":
            query["nonce"] = "other"
        case "stale":
            from datetime import timedelta

            clock.push(timedelta(days=2))
        case "nothing":
            query = {}
        case "junk":
            body = b"\xff\xfe<!DOCTYPE x>"

    answer = await client.post("/callback/wecom", params=query, data=body)

    assert (answer.status, await answer.read()) == (401, b"")
    assert await lite.write(inbox.counts) == {}


async def test_without_a_commit_the_platform_is_asked_to_come_again(adapter, vault, clock):
    client = await client_of(adapter, Refusing(), vault, clock)
    query, body = signed(clock)

    answer = await client.post("/callback/wecom", params=query, data=body)
    ready = await client.get("/readyz")

    assert (answer.status, ready.status) == (503, 503)
    await client.close()
    await adapter.close()


async def test_the_address_is_proved_by_the_plain_echo(client, clock):
    stamp = str(int(clock().timestamp()))
    sealed = BOX.seal(b"1616140317555161061", timestamp=stamp, nonce="n", random16=b"0123456789abcdef")
    query = {"msg_signature": sealed.signature, "timestamp": stamp, "nonce": "n", "echostr": sealed.encrypted}

    answer = await client.get("/callback/wecom", params=query)

    assert (answer.status, await answer.text()) == (200, "1616140317555161061")
    assert answer.content_type == "text/plain"


@pytest.mark.parametrize("method", ["PUT", "DELETE", "HEAD", "OPTIONS"])
async def test_other_methods_are_not_for_this_address(client, method):
    assert (await client.request(method, "/callback/wecom")).status == 405


async def test_a_body_too_large_is_turned_away(client):
    answer = await client.post("/callback/wecom", data=b"x" * (server.MAX_BODY + 1))

    assert answer.status == 413


async def test_health(client):
    assert (await client.get("/healthz")).status == 200
    ready = await client.get("/readyz")
    assert (ready.status, (await ready.json())["ready"]) == (200, True)


async def test_slow_clients_are_closed(adapter, lite, vault, clock):
    """Idle, or half a head: closed in three seconds; others are served meanwhile."""
    from bot.web import guard

    callbacks = Callbacks(adapter=adapter, store=lite, vault=vault, clock=clock, wake=lambda: None)
    app = server.build(callbacks={"wecom": callbacks}, health=Health(store=lite, clock=clock))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    listening = await guard.serve(runner, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]

    async def slow(first: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(first)
        async with asyncio.timeout(10):
            got = await reader.read(1000)
        writer.close()
        return got

    idle, half, good = await asyncio.gather(
        slow(b""),
        slow(b"POST /callback/wecom HTTP/1.1\r\nHost: x\r\n"),
        slow(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
        return_exceptions=True,
    )

    assert b"200 OK" in good
    assert idle == b"" or isinstance(idle, ConnectionError)
    assert half == b"" or isinstance(half, ConnectionError)
    listening.close()
    await runner.cleanup()
    await adapter.close()
