"""Somebody's own data as a page and as JSON: an admin's, once, signed, with a row."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.chat import page_links, person_links
from bot.chat.person_links import PersonLink
from bot.store.personal import erase
from bot.store.tables.machinery import audit
from bot.web.pages.consent import ConsentPages
from bot.web.pages.person import PersonPages
from bot.web.site import Site
from tests.handlers.workday import ADMIN, GAO, LINA, TEAM, Day
from tests.intake.world import enquire, hire


@pytest.fixture
def company(company: Any) -> Any:
    """Reachable from outside."""
    return replace(company, doors=replace(company.doors, base_url="http://crm.example.com"))


@pytest.fixture
async def day(unit: Any, clock: Any) -> Day:
    await unit(lambda desk: hire(desk, *TEAM))
    day = Day(unit, clock)
    await unit(lambda desk: enquire(desk, company="<b>青藤</b>科技", message="想要报价", consent="true"))
    await day.says(LINA, "领取 L1")
    await day.says(LINA, "跟进 L1 王伟说下周定 <script>alert(1)</script>")
    return day


@pytest.fixture
async def client(day: Day, store: Any, company: Any, vault: Any, clock: Any, random_bytes: Any) -> Any:
    del day
    site = Site(store, company, vault, clock, random_bytes, wake=lambda: None)
    app = web.Application()
    for one in (PersonPages, ConsentPages):
        app.add_routes(one(site, monotonic=lambda: 0.0).routes())
    async with TestClient(TestServer(app)) as client:
        yield client


def path_of(vault: Any, now: Any, who: str = ADMIN.id) -> str:
    return person_links.address("x", vault, PersonLink("L1", who, now)).removeprefix("x")


async def test_the_admin_asks_in_chat_and_gets_all_of_it(day: Day, client: Any) -> None:
    """By his link: the page escaped and the JSON whole, numbers in full, each once."""
    card = (await day.says(ADMIN, "导出 L1 的个人信息")).card
    (button,) = card.buttons
    path = button.url.removeprefix("http://crm.example.com")
    asked = await (await client.get(path)).text()
    page = await (await client.post(path, data={"form": "page"})).text()
    answer = await client.post(path, data={"form": "json"})
    document = await answer.json()
    again = await client.post(path, data={"form": "json"})
    tables = {one["table"] for one in document["parts"]}

    assert "王伟" not in asked
    assert "王伟说下周定" in page
    assert "<script>alert" not in page
    assert "<b>青藤" not in page
    assert "13812345678" in str(document)
    assert "想要报价" in str(document)
    assert {"leads", "submissions", "consents", "follow_ups", "tenures"} <= tables
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (answer.status, again.status) == (200, 403)
    actions = [row.action for row in await day.rows(audit) if row.action.startswith("person.")]
    assert sorted(actions) == ["person.export_asked", "person.exported", "person.exported"]


async def test_the_page_is_in_words_that_he_knows(client: Any, vault: Any, clock: Any, day: Day) -> None:
    """Columns by their Chinese names, moments on our clock; what only the system understands is folded away."""
    page = await (await client.post(path_of(vault, clock()), data={"form": "page"})).text()
    read = re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL)
    names = set(re.findall(r"<b>(.*?)</b>", read))

    assert {"姓名", "电话", "来源", "录入时间"} <= names
    assert all(re.search(r"[\u4e00-\u9fff]", name) for name in names), names
    assert "系统标记" in page
    assert not re.search(r"\d{4}-\d\d-\d\dT\d\d:", read)


async def test_nobody_else_gets_it(client: Any, vault: Any, clock: Any, day: Day) -> None:
    """Not with a link of a lead's page, not signed for somebody who is no admin, not an hour later."""
    of_page = page_links.spell(vault, page_links.PageLink("L1", ADMIN.id, clock.now))
    wrong = await client.post(f"{person_links.PATH}{of_page}", data={"form": "json"})
    not_his = await client.post(path_of(vault, clock.now, GAO.id), data={"form": "json"})
    path = path_of(vault, clock.now)
    clock.push(timedelta(hours=1))
    late = await client.post(path, data={"form": "json"})

    assert [one.status for one in (wrong, not_his, late)] == [404, 403, 404]
    assert "王伟" not in "".join([await one.text() for one in (wrong, not_his, late)])
    assert "person.export_refused" in {row.action for row in await day.rows(audit)}


async def test_in_chat_it_is_asked_first_and_done_when_sure(day: Day, unit: Any) -> None:
    """With a reason, by an admin, in private; afterwards nobody finds him."""
    without = (await day.says(ADMIN, "删除 L1 的个人信息")).text
    asked = (await day.says(ADMIN, "删除 L1 的个人信息 本人来信要求")).card
    left = (await day.presses(ADMIN, asked, "不删")).card
    kept = await unit(lambda desk: erase.find(desk.tx, "L1"))
    done = (await day.presses(ADMIN, asked, "删除")).card
    again = (await day.presses(ADMIN, asked, "删除")).text

    assert "请写上原因" in without
    assert "王伟" in str(asked)
    assert left.title == "没有删除"
    assert kept is None
    assert done.title == "已删除 L1 的个人信息"
    assert "王伟" not in str(done)
    assert "已经删除过了" in again
    assert (await day.says(LINA, "L1")).card.kind == "lead_gone"
    assert (await day.says(LINA, "找 王伟")).card.title == "没有找到：王伟"


@pytest.mark.parametrize("said", ["导出 L1 的个人信息", "删除 L1 的个人信息 不想要了"])
async def test_only_an_admin(day: Day, said: str) -> None:
    """The owner is told whom to ask, and it leaves a row; in a group not even the admin."""
    told = (await day.says(LINA, said)).text
    in_group = (await day.says(ADMIN, said, chat="group-1")).text

    assert "管理员" in told
    assert "单独发给我" in in_group
    assert await day.refusals() == [(LINA.id, "lead:L1")]


async def test_the_admin_proves_consent(day: Day, client: Any, vault: Any, clock: Any) -> None:
    """「L1 的同意」: the card and the page, which is called what it is; everything else stays shut for him."""
    card = (await day.says(ADMIN, "L1 的同意")).card
    path = (
        f"{page_links.PATH}{page_links.spell(vault, page_links.PageLink('L1', ADMIN.id, clock.now))}/consent"
    )
    gate = await (await client.get(path)).text()
    page = await (await client.post(path)).text()

    assert "同意 营销" in str(card)
    assert [len(one.label) for one in card.buttons] == [2, 2, 2]
    assert "L1 的同意记录" in gate
    assert "时间线" not in gate
    assert "我同意贵公司保存我填写的信息" in page
    assert (await day.says(ADMIN, "时间线 L1")).card.kind == "lead_gone"
