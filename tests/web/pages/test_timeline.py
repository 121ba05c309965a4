"""The page of a customer's history: one person, one browser, rights asked for at each look."""

from __future__ import annotations

import base64
from datetime import timedelta
from itertools import count, product
from typing import Any
from urllib.parse import quote

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from yarl import URL

from bot.chat import page_links
from bot.kit.vault import Vault
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


#: What strangers write into an address: numbers that are none, other people's words, SQL, far away days.
STRANGE = (
    "", "0", "-1", "1e9", "NaN", "null", "٣", "９９", "x" * 4000, "' OR 1=1 --", "1; DROP TABLE leads", "%00", "\u202e", "\ud800",
    "../../etc/passwd", "{{7*7}}", "<script>alert(1)</script>", "0001-01-01T00:00:00+14:00~0",
    "9999-12-31T23:59:59-12:00~0", "2026-11-18T10:00:00+08:00~-1", "2026-11-18T10:00:00+08:00~99999999999999999999",
    "2026-11-18T10:00:00~0", "2026-11-18T10:00:00+08:00~9999", "2026-11-18T10:00:00+23:59:59.999999~0",
    "2026-11-18T10:00:00+08:00~٣", "2026-W47-3T10:00:00+08:00~0",
)  # fmt: skip


def asked(path: str, **query: str) -> URL:
    """An address as a stranger types it, byte for byte."""
    said = "&".join(f"{name}={quote(value, errors='surrogatepass')}" for name, value in query.items())
    return URL(f"{path}?{said}", encoded=True)


@pytest.fixture
async def patient(day: Day, store: Any, company: Any, vault: Any, clock: Any, random_bytes: Any) -> Any:
    """A reader who waits ten seconds between two looks."""
    del day
    site = Site(store, company, vault, clock, random_bytes, wake=lambda: None)
    app = web.Application()
    app.add_routes(TimelinePages(site, monotonic=count(step=10.0).__next__).routes())
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_strange_parameters_show_nothing_strange(patient: Any, vault: Any, clock: Any) -> None:
    """A page of this customer in Chinese, whatever stands in the address, and nothing of it on the page."""
    path = address(vault, clock.now)
    await opened(patient, path)
    for name, value in product(("at", "g", "cursor", "lead_id"), STRANGE):
        answer = await patient.get(asked(path, **{name: value}))
        page = await answer.text()
        assert (answer.status, "青藤" in page) == (200, True), (name, value[:40])
        assert "DROP" not in page
        assert "passwd" not in page
        assert "<script>alert" not in page


async def test_parameters_of_another_lead_change_nothing(
    client: Any, day: Day, vault: Any, clock: Any
) -> None:
    """The link says which lead; no parameter and no second token says another."""
    await day.unit(lambda desk: enquire(desk, phone="13900000002", company="红杉制造"))
    await day.says(GAO, "领取 L2")
    path = address(vault, clock.now)
    await opened(client, path)
    his = page_links.spell(vault, page_links.PageLink("L2", GAO.id, clock.now))
    theirs = page_links.spell(vault, page_links.PageLink("L2", "lina", clock.now))

    for name in ("lead", "lead_id", "id", "token", "user", "as"):
        for value in ("L2", his, GAO.id):
            page = await (await client.get(asked(path, **{name: value}))).text()
            assert "青藤" in page
            assert "红杉" not in page
    # His link in her browser asks for a press first; hers for his lead is refused after it.
    assert "红杉" not in await (await client.get(page_links.PATH + his)).text()
    refused = await client.post(page_links.PATH + theirs)
    assert (refused.status, "红杉" in await refused.text()) == (403, False)


async def test_bent_tokens_are_one_page_that_tells_what_to_do(patient: Any, vault: Any, clock: Any) -> None:
    """Each letter altered, cut, doubled, of another installation, or none at all: the same words, never a defect."""
    path = address(vault, clock.now)
    token = path.removeprefix(page_links.PATH)
    bent = [token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :] for at in range(len(token))]
    bent += [token[:at] for at in range(1, len(token))]
    bent += [
        token * 2,
        token + "=",
        token + "%3D",
        token.swapcase(),
        "A" * 4000,
        "%00",
        "%F0%9F%98%80",
        "..%2F..%2Fetc",
    ]
    other = Vault(["a secret of another installation"], lambda n: b"x" * n)
    bent.append(page_links.spell(other, page_links.PageLink("L1", "lina", clock.now)))
    for said in ("L1\nlina", "L1\nlina\n" + "9" * 60, "L1\nlina\n-1\n", "\n\n", "L1\nlina\nx"):
        raw = said.encode() + vault.sign("page of a lead", said)
        bent.append(base64.urlsafe_b64encode(raw).decode().rstrip("="))

    told = set()
    for said in bent:
        answer = await patient.get(asked(page_links.PATH + said))
        told.add((answer.status, (await answer.text()).partition("<main>")[2]))

    assert {status for status, _ in told} == {404}
    assert len(told) == 1
    assert "链接无效或已过期" in told.pop()[1]


async def test_a_link_from_the_future_or_of_another_age(client: Any, vault: Any, clock: Any) -> None:
    """A day long it opens; a second later it does not, however far the reader had come."""
    path = address(vault, clock.now)
    page = await opened(client, path)
    follow = page.partition('class="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    clock.push(page_links.LIFE - timedelta(seconds=1))
    assert (await client.get(follow)).status == 200
    clock.push(timedelta(seconds=1))

    late = await client.get(follow)

    assert (late.status, "青藤" in await late.text()) == (404, False)


async def test_a_lead_given_back_is_seen_no_more(client: Any, day: Day, vault: Any, clock: Any) -> None:
    """Neither by the page that is open, nor further down, nor narrowed, nor by a new press."""
    path = address(vault, clock.now)
    page = await opened(client, path)
    follow = page.partition('class="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    await day.says(LINA, "退回 L1 联系不上")

    answers = [
        await client.get(path),
        await client.get(follow),
        await client.get(f"{path}?g=talk"),
        await client.post(path),
    ]

    assert {answer.status for answer in answers} == {403}
    for answer in answers:
        said = await answer.text()
        assert "青藤" not in said
        assert "现在不归你负责" in said
