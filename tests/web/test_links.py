"""Tracked links, pixels and the way out: who is counted, where they lead, and that a GET changes nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from bot.crm.company import Company
from bot.crm.touch_signals import ClicksWait
from bot.handlers.clicks_wait import router
from bot.rules.content_links import Addresses, Named, link_id_of, spelled
from bot.store import touch_texts, touches
from bot.store.consents import Consent, record
from bot.store.tables.behaviour import behaviours
from bot.store.tables.content import touch_events
from bot.store.tables.insight import touches as touches_table
from bot.store.tables.leads import consents
from bot.store.tables.machinery import incidents, timers
from bot.store.tables.touch import touch_suppressions
from bot.store.touch_texts import Kept
from bot.store.touches import Fate, Touch
from bot.web.links import Links
from bot.web.site import Site
from tests.intake.world import act, address_of, enquire, hire
from tests.web.conftest import HandMonotonic

SHOP, PRICES, CASES = (
    "https://example.com/shop?a=1&b=2",
    "https://example.com/pricing",
    "https://example.com/cases",
)
BROWSER = {
    "User-Agent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36"
}


class Mailed:
    """Somebody who got a mail a minute ago, and what can be done with it."""

    def __init__(self, client, site, clock, unit, lead_id: str) -> None:
        self.client, self.site, self.clock, self.unit, self.lead_id = client, site, clock, unit, lead_id
        self.at = Addresses(site.vault, "", "t1")
        #: Another than the one that everything else has.
        self.company: Company | None = None

    async def get(self, address: str, **headers: str):
        return await self.client.get(address, headers={**BROWSER, **headers}, allow_redirects=False)

    async def rows(self, table):
        async with self.site.store.read() as tx:
            return await tx.all(select(table))

    async def touch(self):
        (row,) = await self.rows(touches_table)
        return row

    async def done(self) -> list[str]:
        return [row.event for row in await self.rows(behaviours) if row.channel == "mail"]

    async def later(self) -> None:
        """The moment comes at which clicks are judged."""
        self.clock.push(timedelta(seconds=4))

        async def inside(desk):
            await act(replace(desk, company=self.company or desk.company), router, ClicksWait("t1"))

        await self.unit(inside)


@pytest.fixture
async def mailed(store, company: Company, vault, clock, random_bytes, unit):
    site = Site(
        store=store, company=company, vault=vault, clock=clock, random_bytes=random_bytes, wake=lambda: None
    )

    async def inside(desk):
        await hire(desk)
        lead = await enquire(desk, email="wang@example.com")
        await touches.begin(
            desk, Touch(id="t1", lead_id=lead.id, channel="邮件", content="welcome"), owner=None
        )
        links = {link_id_of(url): url for url in (SHOP, PRICES, CASES)}
        kept = Kept(touch_id="t1", content="welcome", channel="email", version="v", links=links)
        await touch_texts.keep(desk, kept, await address_of(desk, lead.id, "email"))
        await touches.mark(desk.tx, "t1", Fate.SENT, at=desk.now)
        return lead.id

    lead_id = await unit(inside)
    clock.push(timedelta(minutes=1))
    app = web.Application()
    app.add_routes(Links(site, monotonic=HandMonotonic()).routes())
    async with TestClient(TestServer(app)) as client:
        yield Mailed(client, site, clock, unit, lead_id)


async def test_a_link_leads_on_and_the_click_counts_a_moment_later(mailed: Mailed) -> None:
    """302 to where it leads, with no referrer; the touch is clicked and the lead has done something, once."""
    answer = await mailed.get(mailed.at.link(SHOP)[0])
    assert (answer.status, answer.headers["Location"]) == (302, SHOP)
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "no-store" in answer.headers["Cache-Control"]
    assert (await mailed.touch()).clicked_at is None
    assert [row.kind for row in await mailed.rows(timers) if row.kind == "signal.clicks.wait"]
    await mailed.later()
    await mailed.later()
    assert (await mailed.touch()).clicked_at is not None
    assert await mailed.done() == ["link_clicked"]


@pytest.mark.parametrize(
    ("origins", "seen"),
    [
        ((), ["link_clicked", "pricing_page_viewed"]),
        (("https://www.example.com",), ["link_clicked", "pricing_page_viewed"]),
        (("https://yunfan.example",), ["link_clicked"]),
    ],
)
async def test_a_link_to_a_page_that_means_something_is_a_look_at_it(
    mailed: Mailed, company: Company, origins, seen
) -> None:
    """The price page through a mail counts as the price page; one of somebody else's site does not."""
    ours = company.tracking.sources[0].model_copy(update={"origins": origins})
    tracking = company.tracking.model_copy(update={"sources": (ours,)})
    mailed.company = replace(company, tracking=tracking)
    await mailed.get(mailed.at.link(PRICES)[0])
    await mailed.later()
    await mailed.later()
    assert await mailed.done() == seen
    looks = [row.object for row in await mailed.rows(behaviours) if row.event == "pricing_page_viewed"]
    assert looks == ["/pricing"] * (len(seen) - 1)


async def test_a_scanner_that_tries_every_link_counts_for_nothing(mailed: Mailed) -> None:
    """Three different links in one burst are no reader's, and it is noted why."""
    for url in (SHOP, PRICES, CASES):
        assert (await mailed.get(mailed.at.link(url)[0])).status == 302
    await mailed.later()
    assert (await mailed.touch()).clicked_at is None
    assert await mailed.done() == []
    assert {(row.by, row.why) for row in await mailed.rows(touch_events)} == {("machine", "burst")}
    assert {row.reason: row.n for row in await mailed.rows(incidents)}["click:burst"] == 3


async def test_head_and_known_scanners_count_for_nothing(mailed: Mailed) -> None:
    """A HEAD, a nameless client, a scanner's name: led on, and kept as machines."""
    address = mailed.at.link(SHOP)[0]
    head = await mailed.client.head(address, headers=BROWSER, allow_redirects=False)
    assert head.status == 302
    for agent in ("", "Barracuda Sentinel (EE)", "curl/8.5.0", "Mozilla/5.0 (compatible; Googlebot/2.1)"):
        assert (await mailed.get(address, **{"User-Agent": agent})).status == 302
    await mailed.later()
    assert await mailed.done() == []
    assert [row.why for row in await mailed.rows(touch_events)] == ["head", "no_agent", *["scanner"] * 3]


async def test_what_is_asked_for_at_once_was_not_read(mailed: Mailed, clock) -> None:
    """A second after sending nobody has opened anything."""
    clock.push(timedelta(seconds=-59))
    await mailed.get(mailed.at.link(SHOP)[0])
    await mailed.get(mailed.at.pixel)
    await mailed.later()
    assert await mailed.done() == []
    assert [row.why for row in await mailed.rows(touch_events)] == ["too_soon", "too_soon"]


async def test_an_open_is_counted_once_for_each_look_and_never_called_sure(mailed: Mailed) -> None:
    """A client that draws it twice looked once; half a minute later he looks again."""
    for _ in range(2):
        answer = await mailed.get(mailed.at.pixel)
        assert (answer.status, answer.content_type) == (200, "image/gif")
    assert await mailed.done() == ["mail_opened"]
    mailed.clock.push(timedelta(seconds=30))
    await mailed.get(mailed.at.pixel)
    assert await mailed.done() == ["mail_opened"] * 2
    rows = [row for row in await mailed.rows(behaviours) if row.event == "mail_opened"]
    assert {row.properties["sure"] for row in rows} == {False}
    assert {row.object for row in rows} == {"新线索欢迎"}
    assert (await mailed.touch()).opened_at is not None


async def test_a_picture_fetched_beforehand_is_no_open_and_a_proxy_says_so(mailed: Mailed) -> None:
    """Apple's proxy fetches everything; Gmail's fetches for somebody who may have looked."""
    await mailed.get(mailed.at.pixel, **{"User-Agent": "Mozilla/5.0"})
    assert await mailed.done() == []
    await mailed.get(mailed.at.pixel, **{"User-Agent": "Mozilla/5.0 (via ggpht.com GoogleImageProxy)"})
    assert await mailed.done() == ["mail_opened"]
    assert [(row.by, row.why) for row in await mailed.rows(touch_events)] == [
        ("machine", "prefetched"),
        ("proxy", "proxy"),
    ]


async def test_nobody_can_make_our_address_lead_elsewhere(mailed: Mailed) -> None:
    """A token that is changed, another kind's, or names a link we never said, is 404 and leaves nothing."""
    good = mailed.at.link(SHOP)[0]
    body, _, mac = good.removeprefix("/r/").partition(".")
    never_said = spelled(mailed.site.vault, "r", Named("t1", link_id_of("https://evil.example/")))
    bad = [
        f"/r/{body[:-2]}AA.{mac}", f"/r/{body}.{mac[:-2]}AA", f"/r/{body}", "/r/x", "/r/.", "/r/%00.%00",
        f"/r/{never_said}", good.replace("/r/", "/u/"), mailed.at.unsubscribe.replace("/u/", "/r/"),
        f"/r/{body}.{mac}{'A' * 500}",
    ]  # fmt: skip
    for address in bad:
        answer = await mailed.get(address)
        assert answer.status == 404, address
        assert "Location" not in answer.headers
    assert await mailed.rows(touch_events) == []


async def test_looking_at_the_way_out_changes_nothing(mailed: Mailed) -> None:
    """Scanners fetch it too: a GET shows a page with a button, no more."""
    answer = await mailed.get(mailed.at.unsubscribe)
    assert answer.status == 200
    assert "退订" in await answer.text()
    assert await mailed.rows(touch_suppressions) == []
    assert [row for row in await mailed.rows(consents) if not row.given] == []
    assert (await mailed.touch()).unsubscribed_at is None


@pytest.mark.parametrize("body", [{"List-Unsubscribe": "One-Click"}, {}], ids=["mailbox", "button"])
async def test_the_way_out_acts_at_once(mailed: Mailed, body: dict[str, str]) -> None:
    """A mailbox's one click (RFC 8058: no cookie, no redirect) or the page's button, and once is enough."""
    for _ in range(2):
        answer = await mailed.client.post(mailed.at.unsubscribe, data=body, allow_redirects=False)
        assert answer.status == 200
    (closed,) = await mailed.rows(touch_suppressions)
    assert (closed.kind, closed.channel, closed.reason) == ("email", "email", "unsubscribed")
    withdrawn = [row for row in await mailed.rows(consents) if row.purpose == "marketing" and not row.given]
    assert withdrawn
    assert (await mailed.touch()).unsubscribed_at is not None


async def test_who_has_left_sees_that_he_has(mailed: Mailed) -> None:
    """However often he opens the link; once he has agreed again there is something to leave again."""
    await mailed.client.post(mailed.at.unsubscribe, allow_redirects=False)

    text = await (await mailed.get(mailed.at.unsubscribe)).text()
    assert "已退订" in text
    assert "<form" not in text

    again = Consent(given=True, purpose="marketing", channel="form", text="我同意", version="1")
    mailed.clock.push(timedelta(minutes=1))
    await mailed.unit(lambda desk: record(desk, mailed.lead_id, again))
    assert "<form" in await (await mailed.get(mailed.at.unsubscribe)).text()


async def test_a_pixel_of_nobody_is_still_a_picture(mailed: Mailed) -> None:
    """A mail shows no broken picture, and nothing is noted."""
    answer = await mailed.get("/o/abc.def.gif")
    assert (answer.status, answer.content_type) == (200, "image/gif")
    assert await mailed.rows(touch_events) == []


_PARTS = "multipart/form-data; boundary=x"
_PART = b'--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n%s\r\n\r\nOne-Click\r\n--x--\r\n'
_FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        (f"{_FORM}; charset=unknown-8bit", b"List-Unsubscribe=One-Click"),
        (f"{_FORM}; charset=punycode", b"x-" + b"a" * 60_000),
        (f"{_FORM}; charset=utf-16", b"List-Unsubscribe=One-Click"),
        (_PARTS, _PART % b"Content-Type: text/plain; charset=unknown-8bit"),
        (_PARTS, _PART % b"Content-Transfer-Encoding: 7bits"),
        (_PARTS, b"junk"),
        ("multipart/form-data", b"junk"),
    ],
)
async def test_whatever_a_mailbox_puts_into_its_body_he_has_left(
    mailed: Mailed, kind: str, body: bytes
) -> None:
    """It only says who pressed; nothing in it is decoded."""
    answer = await mailed.client.post(mailed.at.unsubscribe, data=body, headers={"Content-Type": kind})
    assert (answer.status, len(await mailed.rows(consents))) == (200, 1)


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "nonsense"])
async def test_a_body_that_cannot_be_unpacked_is_no_hindrance(mailed: Mailed, encoding: str) -> None:
    """Whatever it says of itself."""
    head = {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": encoding}
    answer = await mailed.client.post(mailed.at.unsubscribe, data=b"List-Unsubscribe=One-Click", headers=head)
    assert (answer.status, len(await mailed.rows(consents))) == (200, 1)
