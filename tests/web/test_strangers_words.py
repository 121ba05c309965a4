"""What strangers put into addresses leads nobody elsewhere and stands in no log."""

from __future__ import annotations

import logging

import aiohttp
import pytest
import structlog
from aiohttp import web

from bot.adapters.wecom import ADAPTER
from bot.chat.adapter import Means
from bot.web import guard, server
from bot.web.callbacks import Callbacks
from bot.web.forms import Forms
from bot.web.health import Health
from bot.web.pages.landing import Landing
from bot.web.pages.thanks import Thanks

EVIL = "https://evil.example/login"
#: How programs name the address to go on to.
NAMES = (
    "next", "url", "u", "to", "target", "dest", "destination", "redirect", "redirect_uri", "redirect_url",
    "return", "return_to", "return_url", "returnTo", "continue", "goto", "back", "callback", "r", "_next",
    "thank_you", "success", "location",
)  # fmt: skip
FILLED = {"name": "王伟", "phone": "13812345678", "city": "上海"}
CANARY = "canary13912340077"


async def test_no_word_of_the_sender_decides_where_he_is_led(door):
    """Not the query, not a field, not where he came from: only to the page of his own form."""
    from_elsewhere = {
        "Accept": "text/html", "Referer": EVIL, "Origin": "https://evil.example",
        "X-Forwarded-Host": "evil.example", "X-Original-URL": EVIL,
    }  # fmt: skip
    for evil in (EVIL, "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        answer = await door.client.post(
            "/forms/website",
            params=dict.fromkeys(NAMES, evil),
            data={**FILLED, **dict.fromkeys(NAMES, evil)},
            headers=from_elsewhere,
            allow_redirects=False,
        )

        where = answer.headers.get("Location", "")
        assert answer.status == 303
        assert where.startswith("/forms/website/thanks/")
        assert "evil" not in where
        page = await door.client.get(where, params=dict.fromkeys(NAMES, evil), allow_redirects=False)
        assert page.status == 200
        assert "evil" not in await page.text()
        opened = await door.client.get("/l/website", params=dict.fromkeys(NAMES, evil), allow_redirects=False)
        assert opened.status == 200
        assert "evil" not in await opened.text()


@pytest.fixture
async def whole(lite, company, vault, clock, random_bytes):
    """The whole door as the program serves it: callbacks, forms, pages, health."""
    config = ADAPTER.config(
        corp_id="ww0123456789abcdef", agent_id="1000002", secret="k" * 20 + "3", token="tokenOfThisTest",
        aes_key="jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C",
    )  # fmt: skip
    adapter = ADAPTER.build(config, Means(clock, lambda: 0.0, random_bytes))
    from bot.web.site import Site

    site = Site(lite, company, vault, clock, random_bytes, lambda: None, "wecom")
    parts = (Forms(site, monotonic=lambda: 0.0), Landing(site, monotonic=lambda: 0.0), Thanks(site))
    callbacks = Callbacks(adapter=adapter, store=lite, vault=vault, clock=clock, wake=lambda: None)
    app = server.build(
        callbacks={"wecom": callbacks},
        health=Health(store=lite, clock=clock),
        routes=[route for part in parts for route in part.routes()],
    )
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    listening = await guard.serve(runner, "127.0.0.1", 0)
    yield f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    listening.close()
    await runner.cleanup()
    await adapter.close()


ASKED = (
    ("GET", "/callback/wecom", b""),
    ("POST", "/callback/wecom", b"<xml><Encrypt>AAAA</Encrypt></xml>"),
    ("POST", "/forms/website", b"name=%E7%8E%8B%E4%BC%9F&phone=13812345678"),
    ("POST", "/forms/website", b"phone=1"),
    ("POST", "/forms/nope", b""),
    ("GET", "/l/website", b""),
    ("GET", "/l/nope", b""),
    ("GET", "/forms/website/thanks/x.y", b""),
    ("GET", "/healthz", b""),
    ("GET", "/readyz", b""),
    ("GET", "/nowhere", b""),
)


async def test_no_query_string_stands_in_a_log(whole, caplog, capfd):
    """Campaign addresses carry what a person typed elsewhere; signatures and echoes are nobody's either."""
    caplog.set_level(logging.DEBUG)
    answered = []
    with structlog.testing.capture_logs() as events:
        async with aiohttp.ClientSession() as http:
            for method, path, body in ASKED:
                query = {"msg_signature": CANARY, "timestamp": "1795001400", "nonce": "n", "phone": CANARY}
                headers = {
                    "Content-Type": "application/x-www-form-urlencoded",
                    "Referer": f"http://x/?{CANARY}",
                }
                async with http.request(
                    method, f"{whole}{path}", params=query, data=body or None, headers=headers
                ) as answer:
                    answered.append(answer.status)

    assert {200, 401, 404, 422} <= set(answered)
    ours = [
        record.getMessage() for record in caplog.records if record.name.startswith(("aiohttp.s", "aiohttp.a"))
    ]
    assert CANARY not in str(events)
    assert CANARY not in "\n".join(ours)
    assert CANARY not in "".join(capfd.readouterr())
