"""POST /v1/…: what a sender of the Segment shapes gets, and what is kept of it."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from bot.crm.company.tracking import TrackedSource
from bot.store.tables.behaviour import behaviours, touch_points, visitors
from bot.store.tables.machinery import inbox, incidents
from bot.web import guard
from bot.web.site import Site
from bot.web.tracking import MOST_BATCH, MOST_EVENT, Tracking
from tests.conftest import NOW
from tests.web.api_door import Patient
from tests.web.conftest import HandMonotonic

KEY, OTHER = "wk-website", "wk-shop"
PAGE = {"anonymousId": "b1", "name": "Home", "properties": {"path": "/", "url": "https://www.example.com/"}}


class Way:
    """A sender's way in, and what stands behind it."""

    def __init__(self, client: Any, site: Site, seconds: HandMonotonic) -> None:
        self.client, self.site, self.seconds = client, site, seconds

    async def send(self, kind: str, document: Any, **headers: str) -> Any:
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        named = {"Content-Type": "application/json"} | {k.replace("_", "-"): v for k, v in headers.items()}
        return await self.client.post(f"/v1/{kind}", data=body, headers=named, auto_decompress=False)

    async def rows(self, table: Any) -> list[Any]:
        async with self.site.store.read() as tx:
            return await tx.all(select(table))

    async def dropped(self, name: str = "tracking.dropped") -> dict[str, int]:
        return {row.reason: row.n for row in await self.rows(incidents) if row.name == name}


@pytest.fixture
async def way(store, company, vault, clock, random_bytes):
    """The shipped company, with a second source that only one site may use."""
    shop = TrackedSource(key="shop", name="商城", origins=("https://shop.example.com",), per_minute=3)
    tracking = company.tracking.model_copy(update={"sources": (*company.tracking.sources, shop)})
    site = Site(
        store=Patient(store), company=dataclasses.replace(company, tracking=tracking), vault=vault, clock=clock,
        random_bytes=random_bytes, wake=lambda: None,
    )  # fmt: skip
    seconds = HandMonotonic()
    app = web.Application(client_max_size=65536)
    part = Tracking(site, {"website": KEY, "shop": OTHER, "server": ""}, monotonic=seconds)
    app.add_routes(part.routes())
    runner = web.AppRunner(app)
    await runner.setup()
    server = await guard.serve(runner, "127.0.0.1", 0)
    raw = TestServer(web.Application())
    async with TestClient(raw) as client:
        port = server.sockets[0].getsockname()[1]
        client.session._base_url = client.make_url("/").with_port(port).with_host("127.0.0.1")
        yield Way(client.session, site, seconds)
    server.close()
    await runner.cleanup()


async def test_a_call_is_kept_before_it_is_answered(way):
    """200 and `success`; the row is there, the browser is known, and nobody's lead is touched."""
    answer = await way.send("page", {"writeKey": KEY, "messageId": "m1", **PAGE})

    assert (answer.status, await answer.json()) == (200, {"success": True})
    [row] = await way.rows(behaviours)
    assert (row.message_id, row.event, row.object, row.visitor) == ("website:m1", "page_viewed", "/", "b1")
    assert (row.lead_id, row.uncounted, row.channel) == (None, False, "web")
    [seen] = await way.rows(visitors)
    assert (seen.visitor, seen.lead_id) == ("b1", None)


@pytest.mark.parametrize("short", ["t", "track"])
async def test_short_and_long_addresses_are_one(way, short):
    call = {"writeKey": KEY, "userId": 42, "event": "Pricing Page-Viewed"}
    assert (await way.send(short, call)).status == 200
    [row] = await way.rows(behaviours)
    assert (row.event, row.visitor) == ("pricing_page_viewed", "user:42")


async def test_the_key_may_come_by_basic_auth(way):
    """As server SDKs send it: key as the name, an empty password."""
    named = base64.b64encode(f"{KEY}:".encode()).decode()
    batch = {"batch": [{"type": "page", **PAGE}], "sentAt": NOW.isoformat()}
    answer = await way.send("batch", batch, Authorization=f"Basic {named}")
    assert answer.status == 200
    assert len(await way.rows(behaviours)) == 1


@pytest.mark.parametrize("given", [{}, {"writeKey": "wrong"}, {"writeKey": ""}, {"writeKey": None}])
async def test_an_unknown_write_key_is_told_so(way, given):
    """Silence would lose what a misspelt key sends; a source without a key is off."""
    answer = await way.send("page", {**PAGE, **given})
    assert answer.status == 401
    assert not await way.rows(behaviours)
    assert await way.dropped() == {"unknown_write_key": 1}


async def test_plain_text_and_gzip_are_read(way):
    """Browsers send text/plain to spare a preflight; SDKs may pack."""
    packed = gzip.compress(json.dumps({"writeKey": KEY, "batch": [{"type": "page", **PAGE}]}).encode())
    assert (await way.send("b", packed, Content_Encoding="gzip")).status == 200
    plain = await way.send("p", {"writeKey": KEY, **PAGE}, Content_Type="text/plain")
    assert plain.status == 200
    assert len(await way.rows(behaviours)) == 2


async def test_the_same_message_is_kept_once(way):
    """In one batch, in the next, and when both come at once."""
    call = {"type": "track", "event": "x", "userId": "u", "messageId": "same"}
    batch = {"writeKey": KEY, "batch": [call, call]}
    answers = await asyncio.gather(*(way.send("batch", batch) for _ in range(4)))
    assert {answer.status for answer in answers} == {200}
    assert len(await way.rows(behaviours)) == 1
    assert await way.dropped("tracking.repeated") == {"website": 7}


async def test_a_wrong_clock_is_put_right(way):
    """Sent an hour ahead, five seconds after it happened: it happened five seconds ago."""
    ahead = NOW + timedelta(hours=1)
    call = {"writeKey": KEY, **PAGE, "timestamp": ahead.isoformat()}
    call["sentAt"] = (ahead + timedelta(seconds=5)).isoformat()
    await way.send("page", call)
    await way.send("page", {"writeKey": KEY, **PAGE, "timestamp": "tomorrow"})
    await way.send("page", {"writeKey": KEY, **PAGE, "timestamp": "9999-12-31T23:59:59Z"})
    past = {"type": "page", **PAGE, "timestamp": "2024-02-29T08:00:00Z"}
    await way.send("import", {"writeKey": KEY, "batch": [past], "sentAt": ahead.isoformat()})
    ats = [row.at for row in await way.rows(behaviours)]
    assert ats[:3] == [NOW - timedelta(seconds=5), NOW, NOW]
    assert ats[3].isoformat() == "2024-02-29T08:00:00+00:00"


@pytest.mark.parametrize(
    ("call", "reason"),
    [
        ({"type": "track", "userId": "u"}, "no_event"),
        ({"type": "page"}, "no_identity"),
        ({"type": "page", "userId": "\u0000\u200b"}, "no_identity"),
        ({"type": "alias", "userId": "u"}, "no_previous"),
        ({"type": "dance", "userId": "u"}, "unknown_type"),
        ("page", "not_an_object"),
        (
            {"type": "page", **PAGE, "context": {"userAgent": "Mozilla/5.0 (compatible; Baiduspider/2.0)"}},
            "bot",
        ),
    ],
)
async def test_what_cannot_be_kept_is_counted_and_answered_with_200(way, call, reason):
    """As documented: the sender must not send it again; the good ones of its batch are kept."""
    answer = await way.send("batch", {"writeKey": KEY, "batch": [call, {"type": "page", **PAGE}]})
    assert answer.status == 200
    assert len(await way.rows(behaviours)) == 1
    assert await way.dropped() == {f"{reason}:website": 1}


def deep(levels: int) -> bytes:
    return (
        b'{"writeKey":"wk-website","userId":"u","event":"e","properties":'
        + b'{"a":' * levels
        + b"1"
        + b"}" * levels
        + b"}"
    )


HOSTILE = {
    "nothing": b"",
    "no JSON": b"{",
    "no object": b"[1]",
    "not a number": b'{"writeKey":"wk-website","userId":"u","event":"e","properties":{"n":NaN}}',
    "half a sign": b'{"writeKey":"wk-website","userId":"u","event":"\\ud800"}',
    "no letters": b"\xff\xfe\x00",
    "a well": deep(2000),
    "no gzip": (b"abc", "gzip"),
    "half a gzip": (gzip.compress(b"{}" * 500)[:-9], "gzip"),
    "two gzips": (gzip.compress(b'{"writeKey"') + gzip.compress(b":1}"), "gzip"),
    "a bomb": (gzip.compress(b" " * 50_000_000, 9), "gzip"),
    "another packing": (b"x", "br"),
    "no batch": b'{"writeKey":"wk-website","batch":{}}',
}


async def test_what_is_no_json_is_a_400(way):
    """Nothing is kept, nothing breaks, and no more is unpacked than may be large."""
    for name, given in HOSTILE.items():
        body, packing = given if isinstance(given, tuple) else (given, "identity")
        for kind in ("batch",) if name == "no batch" else ("track", "batch"):
            answer = await way.send(kind, body, Content_Encoding=packing)
            assert answer.status == 400, (name, kind)
    assert not await way.rows(behaviours)


async def test_strange_values_are_kept_as_far_as_they_make_sense(way):
    """Huge numbers, NULs, a well of a hundred levels, names that are no text: kept, or cut, never a 500."""
    well: dict[str, Any] = {}
    for _ in range(100):
        well = {"a": well}
    calls = [
        {"type": "track", "userId": "u", "event": "nul\u0000 \u202ename", "properties": {"\u0000": "\u0000", "n": 10**60}},
        {"type": "track", "userId": 10**15, "event": "x" * 9000, "properties": [1, 2]},
        {"type": "track", "userId": "u", "event": "well", "properties": well},
        {"type": "identify", "userId": "u", "traits": {"phone": well, "email": [1], "address": "x", "name": 7}},
        {"type": "page", "anonymousId": "user:u", "context": 7, "properties": {"path": 3, "url": "http://["}},
        {"type": "track", "userId": ["u"], "anonymousId": {"a": 1}, "event": "e"},
        {"type": ["track"], "userId": "u", "event": "e"},
    ]  # fmt: skip
    assert (await way.send("batch", {"writeKey": KEY, "batch": calls})).status == 200
    rows = await way.rows(behaviours)
    assert len(rows) == 5
    assert rows[0].event == "nul name"
    assert len(rows[1].event) == 100
    assert json.dumps(rows[2].properties).count("a") == 8
    assert rows[4].visitor == "anonymous:user:u"


async def test_sizes_are_the_documented_ones(way):
    """32 KB an event, 500 KB a batch; one event above its size spoils the batch."""
    large = {"writeKey": KEY, "userId": "u", "event": "e", "properties": {"x": "x" * MOST_EVENT}}
    assert (await way.send("track", large)).status == 400
    assert (await way.send("batch", {"writeKey": KEY, "batch": [large]})).status == 400
    event = {"type": "track", "userId": "u", "event": "e", "properties": {"x": "x" * 25_000}}
    assert (await way.send("batch", {"writeKey": KEY, "batch": [event] * 19})).status == 200
    assert (await way.send("batch", {"writeKey": KEY, "batch": [event] * 21})).status == 400
    assert len(json.dumps(event)) * 21 > MOST_BATCH
    assert len(await way.rows(behaviours)) == 19


async def test_other_sites_may_ask_and_only_the_named_ones_may_send(way):
    """The preflight knows no write key; the call does."""
    asked = await way.client.options(
        "/v1/t", headers={"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    )
    assert asked.status == 204
    assert asked.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    call = {"writeKey": OTHER, **PAGE}
    good = await way.send("page", call, Origin="https://shop.example.com")
    assert (good.status, good.headers["Access-Control-Allow-Origin"]) == (200, "*")
    assert (await way.send("page", call, Origin="https://evil.example")).status == 403
    assert await way.dropped() == {"foreign_origin:shop": 1}


async def test_too_many_from_one_address_wait_a_minute(way):
    """429 with Retry-After, counted once for each span; a batch counts as many as it brings."""
    call = {"type": "page", **PAGE}
    assert (await way.send("batch", {"writeKey": OTHER, "batch": [call] * 3})).status == 200
    for _ in range(2):
        full = await way.send("page", {"writeKey": OTHER, **PAGE})
        assert (full.status, full.headers["Retry-After"]) == (429, "60")
    assert await way.dropped() == {"too_often:shop": 1}
    way.seconds.s += 61
    assert (await way.send("page", {"writeKey": OTHER, **PAGE})).status == 200


async def test_nothing_personal_stays_in_the_open(way):
    """Traits wait sealed; properties lose what is personal; addresses lose what follows the question mark."""
    await way.send(
        "identify", {"writeKey": KEY, "userId": "u", "traits": {"phone": "13812345678", "name": "王伟"}}
    )
    given = {"Phone": "13812345678", "plan": "pro", "to": {"e-mail": "x", "email": "w@example.com"}}
    await way.send("track", {"writeKey": KEY, "userId": "u", "event": "Plan", "properties": given})
    url = "https://www.example.com/a?phone=13812345678"
    await way.send(
        "page",
        {
            "writeKey": KEY,
            "userId": "u",
            "properties": {"url": url, "search": "?phone=13812345678", "path": "/a"},
        },
    )

    rows = await way.rows(behaviours)
    assert rows[0].properties == {"traits": ["name", "phone"]}
    assert rows[1].properties == {"plan": "pro", "to": {"e-mail": "x"}}
    assert rows[2].properties["url"] == "https://www.example.com/a"
    [waiting] = await way.rows(inbox)
    assert b"13812345678" not in waiting.body
    assert "13812345678" not in repr([row._asdict() for row in rows])


async def test_each_arrival_is_a_touch_point_and_each_visit_one(way):
    """UTM by context or by address, click ids, the page before; the same within half an hour is one visit."""
    url = "https://www.example.com/p?utm_source=baidu&utm_medium=cpc&bd_vid=abc"
    context = {"page": {"url": url, "referrer": "https://www.baidu.com/s?wd=crm"}}
    for _ in range(3):
        await way.send("track", {"writeKey": KEY, "anonymousId": "b", "event": "e", "context": context})
    campaign = {"campaign": {"name": "autumn", "source": "zhihu", "medium": "post"}}
    await way.send("page", {"writeKey": KEY, **PAGE, "context": campaign})
    inside = {"page": {"url": "https://www.example.com/a", "referrer": "https://www.example.com/b"}}
    await way.send("track", {"writeKey": KEY, "anonymousId": "b", "event": "e", "context": inside})

    first, second = await way.rows(touch_points)
    assert (first.source, first.medium, first.referrer) == ("baidu", "cpc", "https://www.baidu.com/s")
    assert (first.click_id, first.page) == ({"bd_vid": "abc"}, "https://www.example.com/p")
    assert (second.source, second.campaign, second.visitor) == ("zhihu", "autumn", "b1")


async def test_unknown_events_are_kept_under_their_own_name_and_counted(way):
    """Whoever wants points for one later finds its name, and how often it came."""
    await way.send(
        "track", {"writeKey": KEY, "userId": "u", "event": "Song Played", "properties": {"object": "s1"}}
    )
    [row] = await way.rows(behaviours)
    assert (row.event, row.object) == ("Song Played", "s1")
    assert await way.dropped("tracking.event_unknown") == {"website": 1}
