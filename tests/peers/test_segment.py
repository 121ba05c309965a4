"""Segment's published clients, unchanged before our addresses: its Python SDK, and analytics.js in a browser."""

from __future__ import annotations

import asyncio
import logging
from urllib.parse import urlsplit

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import async_playwright
from segment.analytics.client import Client
from sqlalchemy import select

from bot.store.tables.behaviour import behaviours, touch_points, visitors
from bot.store.tables.leads import leads
from bot.web import guard
from bot.web.forms import Forms
from bot.web.site import Site
from bot.web.tracking import Tracking
from tests.browser.conftest import _FLAGS, _chromium
from tests.web.api_door import Patient
from tests.web.conftest import HandMonotonic

KEY = "a-write-key"
LOAD = """
const { AnalyticsBrowser } = window.AnalyticsNext;
const [host, key] = [location.search.slice(1).split('&')[0], 'a-write-key'];
window.analytics = AnalyticsBrowser.load(
  { writeKey: key, cdnSettings: { integrations: { 'Segment.io': { apiKey: key, apiHost: host + '/v1', protocol: 'http' } } } },
  { disableClientPersistence: false });
"""


class Bot:
    """Our door, on a free port, and what is behind it."""

    def __init__(self, site, port):
        self.site, self.port = site, port
        self.base = f"http://127.0.0.1:{port}"

    async def rows(self, table):
        async with self.site.store.read() as tx:
            return await tx.all(select(table))

    async def until(self, count):
        """Wait for so many rows of what was done."""
        async with asyncio.timeout(40):
            while len(rows := await self.rows(behaviours)) < count:  # noqa: ASYNC110 - a browser sends them
                await asyncio.sleep(0.1)
        return rows


@pytest.fixture
async def bot(lite, company, vault, random_bytes):
    from bot.kit.clock import system_clock

    site = Site(
        store=Patient(lite), company=company, vault=vault, clock=system_clock, random_bytes=random_bytes,
        wake=lambda: None,
    )  # fmt: skip
    app = web.Application()
    for part in (Tracking(site, {"website": KEY, "server": KEY + "-server"}, monotonic=HandMonotonic()),
                 Forms(site, monotonic=HandMonotonic())):  # fmt: skip
        app.add_routes(part.routes())
    runner = web.AppRunner(app)
    await runner.setup()
    server = await guard.serve(runner, "127.0.0.1", 0)
    yield Bot(site, server.sockets[0].getsockname()[1])
    server.close()
    await runner.cleanup()


@pytest.mark.parametrize("gzip", [False, True], ids=["plain", "gzip"])
async def test_the_python_sdk(bot, gzip):
    """Every kind of call of its, in batches, by basic auth, packed or not: all kept, none in error."""
    logging.getLogger("segment").setLevel(logging.ERROR)
    wrong = []

    def send():
        client = Client(
            KEY + "-server", host=bot.base, gzip=gzip, upload_interval=0.05, max_retries=2,
            on_error=lambda error, _batch: wrong.append(error),
        )  # fmt: skip
        client.identify("c-1", {"email": "w@example.com", "name": "王伟"})
        client.track("c-1", "Handbook Downloaded", {"file": "h.pdf"})
        client.page("c-1", "Docs", "Pricing", {"path": "/pricing"})
        client.screen("c-1", "App", "Home")
        client.group("c-1", "g-1", {"name": "云帆"})
        client.alias("anon-9", "c-1")
        for n in range(120):
            client.track("c-1", "Song Played", {"n": n})
        client.shutdown()

    await asyncio.to_thread(send)

    rows = await bot.until(126)
    assert wrong == []
    kinds = [row.event for row in rows if row.event != "Song Played"]
    assert kinds == [
        "identified", "handbook_downloaded", "pricing_page_viewed", "screen_viewed", "grouped", "aliased",
    ]  # fmt: skip
    assert {row.visitor for row in rows} == {"user:c-1"}
    assert len({row.message_id for row in rows}) == 126
    assert {row.channel for row in rows} == {"api"}


async def test_a_wrong_key_is_an_error_the_sdk_tells(bot):
    """401: it gives up at once and says so, instead of losing events in silence."""
    logging.getLogger("segment").setLevel(logging.CRITICAL)
    wrong = []

    def send():
        client = Client("nobody's", host=bot.base, sync_mode=True, max_retries=2,
                        on_error=lambda error, _batch: wrong.append(error))  # fmt: skip
        try:
            client.track("c-1", "x")
        except Exception as exc:  # noqa: BLE001 - the SDK's own
            wrong.append(exc)

    await asyncio.to_thread(send)
    assert len(wrong) == 1
    assert await bot.rows(behaviours) == []


async def test_analytics_js_in_a_browser(bot, node_sdk):
    """From npm, unmodified, on a page of another site: page, track, identify; the form knows the browser."""
    umd = node_sdk / "node_modules" / "@segment" / "analytics-next" / "dist" / "umd"

    async def page(_request):
        text = f"<!doctype html><title>t</title><script src=/umd/index.js></script><script>{LOAD}</script>"
        return web.Response(text=text, content_type="text/html")

    shop = web.Application()
    shop.router.add_get("/pricing", page)
    shop.router.add_static("/umd", umd)
    async with TestServer(shop) as server, async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=_chromium(), args=_FLAGS)
        context = await browser.new_context(
            user_agent="Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36"
        )
        tab = await context.new_page()
        host = urlsplit(bot.base).netloc
        await tab.goto(f"http://localhost:{server.port}/pricing?{host}&utm_source=baidu&utm_campaign=autumn")
        await tab.evaluate("analytics.page('Pricing')")
        await tab.evaluate("analytics.track('Handbook Downloaded', { file: 'h.pdf' })")
        visitor = await tab.evaluate("analytics.user().then(user => user.anonymousId())")
        await bot.until(2)
        sent = {"name": "王伟", "phone": "13812345678", "anonymousId": visitor}
        told = await tab.evaluate(
            "([base, sent]) => fetch(base + '/forms/whitepaper', {method: 'POST', body: JSON.stringify(sent),"
            " headers: {'Content-Type': 'application/json'}}).then(answer => answer.json())",
            [bot.base, sent],
        )
        await tab.evaluate("analytics.identify('c-5', { phone: '13812345678' })")
        rows = await bot.until(4)
        await browser.close()

    assert [row.event for row in rows] == [
        "pricing_page_viewed", "handbook_downloaded", "form_submitted", "identified",
    ]  # fmt: skip
    assert {row.visitor for row in rows} == {visitor}
    assert {row.lead_id for row in rows} == {told["lead_id"]}, "what was done before the form is the lead's"
    assert [row.id for row in await bot.rows(leads)] == [told["lead_id"]]
    ways = await bot.rows(touch_points)
    assert ("baidu", "autumn", visitor) in {(row.source, row.campaign, row.visitor) for row in ways}
    assert {row.visitor: row.lead_id for row in await bot.rows(visitors)}[visitor] == told["lead_id"]
