"""The page of what a customer agreed to: every row with its words, for whoever may see the customer."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.chat import page_links
from bot.store import consents
from bot.store.consents import Consent
from bot.store.tables.machinery import audit
from bot.web.pages.consent import ConsentPages
from bot.web.site import Site
from tests.handlers.workday import GAO, LINA, Day, staff


@pytest.fixture
async def day(unit: Any, clock: Any) -> Day:
    await unit(staff)
    day = Day(unit, clock)
    lead = await day.lead()
    for given, text in ((True, "我同意<b>介绍产品</b>"), (False, "由同事代为退订：电话里说")):
        said = Consent(given=given, purpose="marketing", channel="form", text=text, version="2026-11")
        await unit(lambda desk, said=said: consents.record(desk, lead.id, said))
    return day


@pytest.fixture
async def client(day: Day, store: Any, company: Any, vault: Any, clock: Any, random_bytes: Any) -> Any:
    del day
    site = Site(store, company, vault, clock, random_bytes, wake=lambda: None)
    app = web.Application()
    app.add_routes(ConsentPages(site, monotonic=lambda: 0.0).routes())
    async with TestClient(TestServer(app)) as client:
        yield client


def address(vault: Any, now: Any, who: str) -> str:
    link = page_links.PageLink("L1", who, now)
    return f"{page_links.PATH}{page_links.spell(vault, link)}/consent"


async def test_every_row_with_its_words(client: Any, vault: Any, clock: Any, day: Day) -> None:
    """The newest first, what was shown as it was shown, and the look is in the audit."""
    path = address(vault, clock.now, LINA.id)
    assert "介绍产品" not in await (await client.get(path)).text()
    shown = await (await client.post(path)).text()

    assert shown.index("撤回 营销") < shown.index("同意 营销")
    assert "我同意&lt;b&gt;介绍产品" in shown
    assert "2026-11 版" in shown
    assert "consent.looked" in {row.action for row in await day.rows(audit)}


async def test_a_colleague_sees_nothing(client: Any, vault: Any, clock: Any, day: Day) -> None:
    """A link that he made up opens nothing, and leaves a row."""
    path = address(vault, clock.now, GAO.id)
    await client.post(path)
    answer = await client.get(path)

    assert answer.status == 403
    assert "介绍产品" not in await answer.text()
    assert "consent.refused" in {row.action for row in await day.rows(audit)}
