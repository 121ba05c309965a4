"""The landing page: what a visitor sees, sends and is told."""

from __future__ import annotations

import re
from typing import Any

from sqlalchemy import select

from bot.store.tables.leads import consents, leads, submissions

FILLED = {"name": "王伟", "phone": "13812345678", "consent": "true"}


def request_of(html: str) -> str:
    found = re.search(r'name="_request" value="(\w+)"', html)
    assert found is not None
    return found[1]


async def opened(door: Any, path: str = "/l/website") -> str:
    return await (await door.client.get(path)).text()


async def test_the_page_shows_the_form_of_the_configuration(door) -> None:
    """Each question has its label, required ones say so, the agreement is there word for word."""
    answer = await door.client.get("/l/website")
    html = await answer.text()

    assert answer.status == 200
    form = door.site.company.form("website")
    for asked in form.fields:
        assert f'<label for="{asked.field}">' in html
        assert f'id="{asked.field}" name="{asked.field}"' in html
    assert html.count("必填") == 2
    assert door.site.company.forms.consents[0].text in html
    assert 'type="tel"' in html


async def test_pages_keep_to_themselves(door) -> None:
    """No script, style or picture from elsewhere, no sniffing, no referrer, no copy kept."""
    for path in ("/l/website", "/l/nothing", "/forms/website/thanks/x.y"):
        answer = await door.client.get(path)
        policy = answer.headers["Content-Security-Policy"]
        nonce = re.search(r"style-src 'nonce-([^']+)'", policy)[1]
        assert policy.startswith("default-src 'none'; ")
        assert f'<style nonce="{nonce}">' in await answer.text()
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"
    one, two = await opened(door), await opened(door)
    assert re.findall(r'nonce="([^"]+)"', one) != re.findall(r'nonce="([^"]+)"', two)


async def test_sending_leads_to_the_thank_you_page(door) -> None:
    """303, so that a reload sends nothing again; the address tells nothing of the person."""
    html = await opened(door, "/l/website?utm_source=baidu&source=抖音&evil=1")
    assert 'name="source" value="抖音"' in html
    assert "evil" not in html

    answer = await door.send_page("website", {**FILLED, "source": "抖音", "_request": request_of(html)})

    assert answer.status == 303
    where = answer.headers["Location"]
    assert re.fullmatch(r"/forms/website/thanks/[a-z0-9]{26}\.[\w-]{22}", where)
    thanks = await door.client.get(where)
    assert thanks.status == 200
    assert "收到了，谢谢" in await thanks.text()
    (lead,) = await door.rows(select(leads))
    (agreed,) = await door.rows(select(consents))
    assert (lead.source, agreed.given, agreed.version) == ("抖音", True, "2026-11")


async def test_the_button_pressed_twice_sends_one_form(door) -> None:
    """The same page sent again with other words is a form of its own."""
    sent = {**FILLED, "_request": request_of(await opened(door))}

    one, two = await door.send_page("website", sent), await door.send_page("website", sent)
    other = await door.send_page("website", {**sent, "message": "还有一个问题"})

    assert one.headers["Location"] == two.headers["Location"] != other.headers["Location"]
    assert len(await door.rows(select(submissions))) == 2


async def test_errors_stand_beside_their_fields_and_nothing_is_lost(door) -> None:
    """What was typed is still there; each wrong field is marked, and tied to what to do."""
    answer = await door.send_page("website", {"name": "", "phone": "123", "company": '"><b>云帆'})
    html = await answer.text()

    assert answer.status == 422
    assert '<p class="error" id="phone-error" role="alert">号码不对' in html
    assert re.search(
        r'id="phone"[^>]*value="123"[^>]*aria-invalid="true" aria-describedby="phone-error"', html
    )
    assert '<p class="error" id="name-error" role="alert">请填姓名</p>' in html
    assert "&#34;&gt;&lt;b&gt;云帆" in html
    assert "<b>云帆" not in html
    assert await door.rows(select(leads)) == []


async def test_what_the_page_insists_on_others_may_leave_out(door) -> None:
    """No lead of somebody's own page is lost for want of a name."""
    assert (await door.send_page("website", {"phone": "13812345678"})).status == 422
    assert (await door.post("website", {"phone": "13812345678"})).status == 200


async def test_a_form_that_does_not_exist_is_a_page_that_does_not(door) -> None:
    assert (await door.client.get("/l/nothing")).status == 404
    sent = await door.send_page("nothing", FILLED)
    assert (sent.status, sent.content_type) == (404, "text/html")
