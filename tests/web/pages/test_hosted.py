"""Hosted pages: what config/pages.yaml says, whom a cookie follows and whom not, and what is counted."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from bot.crm.company.pages import LandingPage, Pages
from bot.store.tables.behaviour import behaviours, form_views, touch_points, visitors
from bot.store.tables.leads import leads, submissions
from bot.web.agree import Agree
from bot.web.forms import Forms
from bot.web.pages.landing import Landing
from bot.web.pages.thanks import Thanks
from bot.web.site import Site
from tests.web.api_door import ApiDoor, Patient
from tests.web.conftest import HandMonotonic

FILLED = {"name": "王伟", "phone": "13812345678", "email": "w@example.com", "consent": "true"}
PAGE = LandingPage(
    slug="autumn", form="whitepaper", title="秋季<白皮书>", text="第一行\n第二行", campaign="秋季活动",
    picture="https://img.example.com/a.png", qr_code="https://qr.example.cn/b.png", qr_text="扫码咨询",
)  # fmt: skip


@pytest.fixture
async def door(store, company, vault, clock, random_bytes):
    """The shipped company, with one page more."""
    pages = Pages(pages=(*company.pages.pages, PAGE))
    site = Site(
        store=Patient(store), company=dataclasses.replace(company, pages=pages), vault=vault, clock=clock,
        random_bytes=random_bytes, wake=lambda: None,
    )  # fmt: skip
    seconds = HandMonotonic()
    app = web.Application()
    for part in (Forms(site, monotonic=seconds), Landing(site, monotonic=seconds), Agree(site), Thanks(site)):
        app.add_routes(part.routes())
    async with TestClient(TestServer(app)) as client:
        yield ApiDoor(client, site, seconds)


async def agree(door: Any, path: str = "/l/autumn/cookie", choice: str = "yes", **carried: str) -> Any:
    return await door.client.post(path, data={"choice": choice, **carried}, allow_redirects=False)


async def test_a_page_shows_what_it_was_given_and_only_those_pictures(door):
    """Words as words, line by line; the policy lets in the two named hosts and no other."""
    answer = await door.client.get("/l/autumn")
    html = await answer.text()

    assert "秋季&lt;白皮书&gt;" in html
    assert "第一行\n第二行" in html
    assert 'src="https://img.example.com/a.png"' in html
    assert 'src="https://qr.example.cn/b.png"' in html
    assert 'action="/forms/whitepaper"' in html
    assert 'name="campaign" value="秋季活动"' in html
    policy = answer.headers["Content-Security-Policy"]
    assert "img-src https://img.example.com https://qr.example.cn; " in policy
    assert (await door.client.get("/l/whitepaper")).status == 200
    assert (await door.client.get("/l/nothing")).status == 404


async def test_nobody_is_followed_who_did_not_agree(door):
    """No cookie before; the look is counted, by a mark of today that is in no other table."""
    answer = await door.client.get("/l/autumn?utm_source=baidu&utm_campaign=x")
    assert "同意" in await answer.text()
    assert "Set-Cookie" not in answer.headers
    [look] = await door.rows(select(form_views))
    assert (look.form, look.page, look.source, look.campaign) == ("whitepaper", "/l/autumn", "百度推广", "x")
    assert look.visitor.startswith("day:")
    for table in (visitors, behaviours, touch_points):
        assert await door.rows(select(table)) == []


async def test_a_refusal_is_remembered_and_a_wish_is_heard_beforehand(door):
    """Who said no is not asked again; who says «do not track» is never asked, and no id of his is read."""
    said = await agree(door, choice="no")
    assert said.status == 303
    assert said.cookies["_aid"].value == "no"
    assert not said.cookies["_aid"]["max-age"]
    assert "不同意" not in await (await door.client.get("/l/autumn")).text()
    door.client.session.cookie_jar.clear()

    await agree(door)
    for wish in ({"DNT": "1"}, {"Sec-GPC": "1"}):
        answer = await door.client.get("/l/autumn", headers=wish)
        assert "不同意" not in await answer.text()
    looks = await door.rows(select(form_views))
    assert all(look.visitor.startswith("day:") for look in looks)
    assert await door.rows(select(visitors)) == []


async def test_who_agrees_is_one_visitor_and_his_history_becomes_his_leads(door):
    """Two looks and a form: one visitor, two looks with the way he came, all of it the lead's."""
    chosen = await agree(door, utm_source="baidu", bd_vid="v1", evil="1")
    assert chosen.headers["Location"] == "/l/autumn?utm_source=baidu&bd_vid=v1"
    cookie = chosen.cookies["_aid"]
    assert (cookie["samesite"], bool(cookie["httponly"]), cookie["max-age"]) == (
        "Lax",
        True,
        str(395 * 86400),
    )
    way = {"Referer": "https://www.baidu.com/s?wd=secret"}
    for _ in range(2):
        await door.client.get("/l/autumn?utm_source=baidu&bd_vid=v1", headers=way)
    html = await (await door.client.get("/l/autumn?utm_source=baidu", headers=way)).text()
    assert "不同意" not in html

    sent = await door.client.post(
        "/forms/whitepaper", allow_redirects=False, headers={"Accept": "text/html"},
        data={**FILLED, "utm_source": "baidu", "bd_vid": "v1", "_page": "/l/autumn", "campaign": "秋季活动"},
    )  # fmt: skip

    assert sent.status == 303
    [lead] = await door.rows(select(leads))
    assert (lead.source, lead.campaign) == ("官网", "秋季活动")
    [visitor] = await door.rows(select(visitors))
    assert (visitor.visitor, visitor.lead_id) == (cookie.value, lead.id)
    done = await door.rows(select(behaviours).order_by(behaviours.c.id))
    assert [(row.event, row.lead_id, row.uncounted) for row in done] == [
        *[("page_viewed", lead.id, True)] * 3, ("form_submitted", lead.id, False),
    ]  # fmt: skip
    ways = await door.rows(select(touch_points).order_by(touch_points.c.id))
    assert {row.lead_id for row in ways} == {lead.id}
    assert (ways[0].source, ways[0].referrer, ways[0].click_id) == (
        "百度推广", "https://www.baidu.com/s", {"bd_vid": "v1"},
    )  # fmt: skip
    looks = await door.rows(select(form_views))
    assert {look.visitor for look in looks} == {cookie.value}


async def test_programs_and_floods_are_not_counted(door):
    """A crawler's look is no look; beyond sixty a minute from one address nothing is written; the page is shown."""
    bot = {"User-Agent": "Mozilla/5.0 (compatible; Baiduspider/2.0)"}
    assert (await door.client.get("/l/autumn", headers=bot)).status == 200
    assert (await door.client.head("/l/autumn")).status == 200
    assert await door.rows(select(form_views)) == []
    for _ in range(62):
        assert (await door.client.get("/l/whitepaper")).status == 200
    assert len(await door.rows(select(form_views))) == 60


async def test_a_forged_cookie_is_no_id(door):
    """Only an id of our own shape is one: no text of a stranger's gets into the tables by it."""
    for forged in ("x", "'; --", "user:5", "0" * 500):
        await door.client.get("/l/autumn", headers={"Cookie": f"_aid={forged}"})
    assert await door.rows(select(visitors)) == []


async def test_what_was_wrong_is_shown_on_the_same_page(door):
    """422 keeps the page's own words and what the address carried."""
    answer = await door.client.post(
        "/forms/whitepaper",
        headers={"Accept": "text/html"},
        data={"name": "王伟", "_page": "/l/autumn", "utm_source": "x"},
    )
    html = await answer.text()
    assert answer.status == 422
    assert "秋季&lt;白皮书&gt;" in html
    assert 'name="utm_source" value="x"' in html
    assert await door.rows(select(submissions)) == []
