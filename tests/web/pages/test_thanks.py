"""The thank-you page: the code of whoever answers, as soon as there is one."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.intake import contact_way
from bot.store import leads, ownership, users
from bot.store.desk import Desk
from bot.store.tables.leads import contact_ways
from bot.store.tables.leads import leads as leads_table
from bot.store.tables.machinery import outbox
from bot.web.pages.thanks import Thanks

QR = "https://wework.qpic.cn/wwpic/123"


@pytest.fixture
async def page(door: Any, hire: Any) -> str:
    """The address of somebody's page."""
    await hire("lina", name="李娜")
    await hire("wang", name="王芳")
    answer = await door.send_page("website", {"name": "王伟", "phone": "13812345678", "city": "上海"})
    where: str = answer.headers["Location"]
    return where


async def asked(door: Any) -> list[Any]:
    return await door.rows(select(outbox).where(outbox.c.kind == "contact_way").order_by(outbox.c.id))


async def made(unit: Any, *, qr: str = QR) -> None:
    """The platform made the codes."""

    async def inside(desk: Desk) -> None:
        change = update(outbox).where(outbox.c.kind == "contact_way")
        await desk.tx.run(change.values(state="sent", result={"config_id": "C1", "qr_code": qr}))

    await unit(inside)


async def test_who_looks_first_has_the_code_made_once(door, page) -> None:
    """Asked for at the first look, waited for without a second asking."""
    first = await (await door.client.get(page)).text()
    await door.client.get(page)
    await door.client.get(f"{page}/state")

    assert "正在准备顾问的二维码" in first
    assert '<noscript><meta http-equiv="refresh"' in first
    assert len(await asked(door)) == 1


async def test_the_code_appears_when_the_platform_has_made_it(door, page, unit) -> None:
    before = await (await door.client.get(page)).text()
    waiting = await (await door.client.get(f"{page}/state")).json()
    await made(unit)

    ready = await (await door.client.get(f"{page}/state")).json()
    answer = await door.client.get(page)

    assert waiting["version"] == ""
    assert 'shown = ""' in before
    assert re.fullmatch(r"lb[a-z0-9]{26}", ready["version"])
    assert f'<img src="{QR}" alt="顾问的企业微信二维码">' in await answer.text()
    assert "img-src https://wework.qpic.cn;" in answer.headers["Content-Security-Policy"]


async def test_once_somebody_took_the_lead_it_is_his_code(door, page, unit) -> None:
    """Before: those on duty; afterwards: the owner alone, as another code."""
    await door.client.get(page)

    async def claim(desk: Desk) -> None:
        lead = await leads.get(desk.tx, "L1")
        lina = await users.get(desk.tx, "lina")
        assert await ownership.take(desk, lead, to=lina, how="claimed", by=lina)

    await unit(claim)
    await door.client.get(f"{page}/state")

    rows = await door.rows(select(contact_ways).order_by(contact_ways.c.created_at))
    assert sorted(tuple(row.user_ids) for row in rows) == [("lina",), ("lina", "wang")]
    assert len(await asked(door)) == 2


async def test_who_has_added_us_needs_no_code(door, page, unit) -> None:
    async def bind(desk: Desk) -> None:
        assert await leads.bind(desk, "L1", "wm1")

    await unit(bind)

    html = await (await door.client.get(page)).text()

    assert "已添加顾问微信" in html
    assert await asked(door) == []


async def test_without_a_platform_there_are_thanks_alone(door, page, aiohttp_thanks) -> None:
    html = await (await aiohttp_thanks.get(page)).text()

    assert "收到了，谢谢" in html
    assert "二维码" not in html
    assert "<script" not in html
    assert await asked(door) == []


@pytest.fixture
async def aiohttp_thanks(door: Any) -> Any:
    """The same page of an installation without WeCom."""
    from dataclasses import replace

    from aiohttp import web
    from aiohttp.test_utils import TestClient, TestServer

    app = web.Application()
    app.add_routes(Thanks(replace(door.site, contact_platform="")).routes())
    async with TestClient(TestServer(app)) as client:
        yield client


async def test_an_address_that_is_not_ours_is_one_404(door, page, clock) -> None:
    """Changed, of another form, guessed, too old: all alike."""
    good = page.rsplit("/", 1)[1]
    submission, mac = good.split(".")
    flipped = mac[:-1] + ("A" if mac[-1] != "A" else "Q")
    wrong = [
        f"/forms/trial/thanks/{good}",
        f"/forms/website/thanks/{submission}.{flipped}",
        f"/forms/website/thanks/{submission}",
        f"/forms/website/thanks/{submission}.",
        f"/forms/website/thanks/{'a' * 26}.{mac}",
        "/forms/website/thanks/%00.%ff",
    ]

    answers = [await door.client.get(path) for path in wrong]
    clock.push(timedelta(days=31))
    answers.append(await door.client.get(page))

    assert {answer.status for answer in answers} == {404}
    texts = {re.sub(r'nonce="[^"]+"', "", await answer.text()) for answer in answers}
    assert len(texts) == 1


async def test_the_page_of_an_invalid_lead_shows_no_code(door, page, unit) -> None:
    async def spoil(desk: Desk) -> None:
        await desk.tx.run(update(leads_table).values(status="invalid"))
        lead = await leads.get(desk.tx, "L1")
        assert await contact_way.wanted(desk, lead, "wecom") is None

    await unit(spoil)

    assert "二维码" not in await (await door.client.get(page)).text()
