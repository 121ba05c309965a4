"""The page of a customer's history: one person, one browser, rights asked for at each look."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.chat import page_links
from bot.store.tables.machinery import audit
from bot.web.pages.timeline import TimelinePages
from bot.web.site import Site
from tests.handlers.workday import GAO, LINA, WANG, Day, staff
from tests.intake.world import enquire


@pytest.fixture
async def day(unit: Any, clock: Any) -> Day:
    await unit(staff)
    day = Day(unit, clock)
    await unit(lambda desk: enquire(desk, company="<b>青藤</b>科技"))
    await day.says(LINA, "领取 L1")
    for n in range(40):
        day.push(minutes=1)
        await day.says(LINA, f"跟进 L1 第{n}次电话 <script>alert(1)</script>")
    return day


@pytest.fixture
async def client(day: Day, store: Any, company: Any, vault: Any, clock: Any, random_bytes: Any) -> Any:
    del day
    site = Site(store, company, vault, clock, random_bytes, wake=lambda: None)
    app = web.Application()
    app.add_routes(TimelinePages(site, monotonic=lambda: 0.0).routes())
    async with TestClient(TestServer(app)) as client:
        yield client


def address(vault: Any, now: Any, who: str = "lina") -> str:
    return page_links.PATH + page_links.spell(vault, page_links.PageLink("L1", who, now))


async def opened(client: Any, path: str) -> str:
    """As a person does: look, press, read."""
    assert "打开" in await (await client.get(path)).text()
    answer = await client.post(path)
    return str(await answer.text())


async def test_newest_first_escaped_masked_and_paged(client: Any, vault: Any, clock: Any) -> None:
    """Thirty to a page, what people wrote stays text, numbers stay masked, and a filter narrows it."""
    path = address(vault, clock.now)
    page = await opened(client, path)

    assert "第39次电话" in page
    assert "第0次电话" not in page
    assert "<script>alert" not in page
    assert "<b>青藤" not in page
    assert "138****5678" in page
    assert "13812345678" not in page
    follow = page.partition('class="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "第0次电话" in await (await client.get(follow)).text()
    assert "第39次电话" not in await (await client.get(f"{path}?g=source")).text()


async def test_forwarded_it_opens_nothing(client: Any, vault: Any, clock: Any) -> None:
    """The link is the first browser's; looking at it without a press gives it to nobody."""
    path = address(vault, clock.now)
    assert "青藤" not in await (await client.get(path)).text()
    await opened(client, path)

    client.session.cookie_jar.clear()
    look, press = await client.get(path), await client.post(path)
    assert (look.status, press.status) == (403, 403)
    assert "青藤" not in await look.text() + await press.text()


async def test_rights_are_asked_for_at_each_look(client: Any, day: Day, vault: Any, clock: Any) -> None:
    """Who gave the lead away sees it no more, and each look and refusal leaves a row."""
    path = address(vault, clock.now)
    await opened(client, path)
    await day.says(WANG, "改派 L1 高峰")

    refused = await client.get(path)

    assert refused.status == 403
    assert "青藤" not in await refused.text()
    rows = {(row.actor, row.action) for row in await day.rows(audit)}
    assert {("lina", "timeline.looked"), ("lina", "timeline.refused")} <= rows


@pytest.mark.parametrize("who", [GAO.id, "nobody"])
async def test_a_link_alone_gives_no_right(client: Any, vault: Any, clock: Any, who: str) -> None:
    """Even a genuine one, made for somebody who may not see the lead."""
    path = address(vault, clock.now, who)
    answer = await client.post(path)

    assert answer.status == 403
    assert "青藤" not in await answer.text()


async def test_forged_and_old_links_are_all_alike(client: Any, vault: Any, clock: Any) -> None:
    path = address(vault, clock.now)
    clock.push(page_links.LIFE)

    answers = [await client.get(one) for one in (path, page_links.PATH + "abc", path[:-2] + "xx")]

    assert {answer.status for answer in answers} == {404}
    assert len({(await answer.text()).partition("<main>")[2] for answer in answers}) == 1
