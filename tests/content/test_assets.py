"""素材: files and pages by tag, checked, found by a word, given to one customer, served as they are now."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select, update

from bot.chat.card import Card, plain
from bot.crm.company.assets import Asset
from bot.crm.company.load import ConfigErrors, load
from bot.crm.content_commands import ShareContent
from bot.crm.phrases import parse
from bot.handlers.contents import router
from bot.rules import asset_links
from bot.rules.content_links import read_link
from bot.rules.material import BY_ITSELF
from bot.store import touch_texts
from bot.store.tables.insight import touches
from bot.store.tables.leads import leads
from bot.web.assets import Assets
from bot.web.site import Site
from tests.conftest import ROOT
from tests.intake.world import LINA, MARY, ZHAO, act, enquire, hire

PDF = b"%PDF-1.4 price list"


@pytest.fixture
def own(company, tmp_path):
    """Two texts' company with a page, a file, and one that is over."""
    (tmp_path / "prices.pdf").write_bytes(PDF)
    those = {
        "sheet": Asset(name="产品册", tags=("手册",), url="https://example.com/sheet"),
        "prices": Asset(name="价目表", tags=("价格",), file="prices.pdf", about="2026 版"),
        "old": Asset(name="旧价目", tags=("价格",), file="prices.pdf", until=date(2020, 1, 1)),
    }
    return replace(company, assets=those, assets_at=tmp_path)


async def ask(desk, own, words, actor=LINA, **scope):
    command = parse(words) if isinstance(words, str) else words
    return await act(replace(desk, company=own), router, command, actor, **scope)


async def linas(desk) -> str:
    await hire(desk)
    lead = await enquire(desk, name="王伟", email="wang@example.com")
    change = update(leads).where(leads.c.id == lead.id).values(owner_id=LINA.id, status="working")
    await desk.tx.run(change)
    return lead.id


def press(card: Card, label: str) -> object:
    return next(one.command for one in card.presses if one.label == label)


async def test_a_word_finds_what_is_about_it_with_a_button_each(unit, own):
    """By tag; what is over is not given out."""

    async def inside(desk):
        await hire(desk)
        card = (await ask(desk, own, "素材 价格", MARY)).card
        assert "· 价目表（文件）2026 版" in card.text
        assert "旧价目" not in plain(card)
        assert [one.label for one in card.presses] == ["价目表", "所有素材"]
        everything = (await ask(desk, own, "素材", MARY)).text
        assert f"共 {len(own.content) + 2 - len(BY_ITSELF)} 条素材" in everything
        assert "· 产品册（网页）" in everything

    await unit(inside)


async def test_a_file_is_opened_or_given_to_one_of_his_customers(unit, own):
    """A press shows it with his customers to choose from; the next one gives the link that is theirs."""

    async def inside(desk):
        lead_id = await linas(desk)
        found = (await ask(desk, own, "素材 价格")).card
        card = (await ask(desk, own, press(found, "价目表"))).card
        assert card.choice.options == ((lead_id, f"{lead_id} 王伟"),)
        assert card.presses[0].url == asset_links.address(own, desk.vault, "prices")

        selected = {card.choice.key: (lead_id,)}
        texts = {
            (await ask(desk, own, press(card, "要他的专属链接"), tapped=True, selected=selected)).text,
            (await ask(desk, own, f"素材 价目表 {lead_id}")).text,
        }
        (text,) = texts
        named = read_link(desk.vault, text.rpartition("/r/")[2].strip())
        (touch,) = await desk.tx.all(select(touches))
        assert (named.touch_id, touch.lead_id, touch.content) == (touch.id, lead_id, "价目表")
        assert await touch_texts.leads_to(desk, named.link_id) == asset_links.address(
            own, desk.vault, "prices"
        )

    await unit(inside)


async def test_nobody_gets_a_link_for_somebody_elses_customer(unit, own):
    """Nor before a group, and a group sees nobody's customers."""

    async def inside(desk):
        lead_id = await linas(desk)
        for actor in (ZHAO, MARY):
            assert "王伟" not in repr(await ask(desk, own, ShareContent("价目表", lead_id), actor))
        assert "私聊" in (await ask(desk, own, ShareContent("价目表", lead_id), chat="g1")).text
        assert (await ask(desk, own, "素材 价格", chat="g1")).card is not None
        found = (await ask(desk, own, "素材 价格", chat="g1")).card
        assert (await ask(desk, own, press(found, "价目表"), chat="g1")).card.choice is None
        assert (await ask(desk, own, press(found, "价目表"), ZHAO)).card.choice is None
        assert await desk.tx.all(select(touches)) == []

    await unit(inside)


@pytest.fixture
async def door(lite, own, vault, clock, random_bytes):
    site = Site(
        store=lite, company=own, vault=vault, clock=clock, random_bytes=random_bytes, wake=lambda: None
    )  # fmt: skip
    app = web.Application()
    app.add_routes(Assets(site).routes())
    async with TestClient(TestServer(app)) as client:
        yield client, site


async def test_a_file_is_served_as_it_is_now(door, own):
    """The address stays when the file changes; nothing in it runs in the browser."""
    client, site = door
    address = asset_links.address(own, site.vault, "prices").removeprefix(own.doors.base_url)
    first = await client.get(address)
    (own.assets_at / "prices.pdf").write_bytes(b"%PDF-1.4 newer")
    second = await client.get(address)

    assert (first.status, await first.read(), first.content_type) == (200, PDF, "application/pdf")
    assert await second.read() == b"%PDF-1.4 newer"
    assert first.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in first.headers["Content-Security-Policy"]
    assert first.headers["Content-Disposition"].startswith("inline")


async def test_what_is_not_given_out_is_not_there(door, own):
    """A guess, a page of elsewhere, one that is over, one whose file is gone."""
    client, site = door
    over = asset_links.address(own, site.vault, "old").removeprefix(own.doors.base_url)
    here = asset_links.address(own, site.vault, "prices").removeprefix(own.doors.base_url)
    (own.assets_at / "prices.pdf").unlink()

    for address in (over, here, "/f/prices", "/f/..%2Fprices.pdf", "/f/价目表"):
        assert (await client.get(address)).status == 404


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("name: 试\nfile: no.pdf\n", "test.yaml:2:7: assets 里没有这个文件"),
        ("name: 试\nfile: page.html\n", "这种文件不能发"),
        ("name: 试\nfile: ../org.yaml\n", "test.yaml:2:7:"),
        ("name: 试\n", "file 和 url 写一个"),
        ("name: 价目表\nurl: https://example.com/x\n", "test.yaml:1:7: 素材“价目表”"),
        ("name: 试\nurl: http://example.com/x\n", "test.yaml:2:6:"),
    ],
)
def test_a_mistake_is_told_at_its_line(tmp_path: Path, text, fault):
    config = tmp_path / "config"
    shutil.copytree(ROOT / "config", config)
    (config / "assets" / "test.yaml").write_text(text, encoding="utf-8")

    with pytest.raises(ConfigErrors) as caught:
        load(config)

    assert any(fault in str(one) for one in caught.value.errors), caught.value.errors
