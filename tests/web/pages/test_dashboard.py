"""Dashboards: each role its own, numbers as the chat says them, and nothing for whoever may not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.chat.page_links import LIFE
from bot.crm.metrics.registry import METRICS
from bot.crm.query import Query
from bot.insight.answers.answer_question import answer_question
from bot.insight.answers.company_words import lexicon_of
from bot.insight.boards.board import board_of, scope_of
from bot.store import users as people
from bot.store.tables.machinery import audit
from bot.store.tables.people import users
from bot.web.pages.insight_door import PER_MINUTE
from tests.store.metrics_data import pour
from tests.web.conftest import HandMonotonic
from tests.web.pages.insight_world import BY_ID, CANARIES, MONTH, Reader, reader_of, tiles, told, world

ROLES = ("zhangsan", "wanglei", "chenli", "shichang")


@pytest.fixture
async def reader(
    sqlite_url: str, lite: Any, company: Any, vault: Any, random_bytes: Any
) -> AsyncIterator[Reader]:
    pour(sqlite_url, world())
    found = reader_of(lite, company, vault, random_bytes, HandMonotonic())
    async with found.client:
        yield found


async def rows(reader: Reader, statement: Any) -> list[Any]:
    async with reader.site.store.read() as tx:
        return await tx.all(statement)


@pytest.mark.parametrize("who", ROLES)
async def test_each_role_has_its_own_with_the_numbers_of_the_chat(reader: Reader, who: str) -> None:
    """Every figure of the page is what the same person is told when he asks for it."""
    status, page = await reader.opens(reader.path(who))
    board = board_of(BY_ID[who])
    assert board is not None
    assert status == 200
    assert f"<h1>{board.title}</h1>" in page
    shown = tiles(page)
    assert len(shown) >= 10
    async with reader.site.store.read() as tx:
        lexicon = lexicon_of(reader.site.company, await people.everybody(tx))
        for metric_id, value in shown.items():
            metric = METRICS[metric_id]
            query = Query(
                metrics=(metric_id,),
                where=scope_of(BY_ID[who], metric),
                period=None if metric.is_snapshot else MONTH,
            )
            answered = await answer_question(
                tx, query, asker=BY_ID[who], company=reader.site.company, lexicon=lexicon, words="",
                now=reader.clock.now,
            )  # fmt: skip
            assert answered.headline is not None, metric_id
            assert answered.headline.value == value, metric_id


async def test_a_rep_sees_himself_a_manager_his_region_the_top_everybody(reader: Reader) -> None:
    """Won amounts, told apart by whose they are; a marketer's page names no colleague."""
    won = {}
    for who in ROLES:
        reader.forget()
        _, page = await reader.opens(reader.path(who))
        won[who] = tiles(page)["won_amount"]
        others = {"王伟", "陈晨", "李娜", "张三"} - {BY_ID[who].name}
        if who in {"zhangsan", "shichang"}:
            assert not any(name in page for name in others)
        assert told(page) == set()
    assert won == {
        "zhangsan": "¥120,000", "wanglei": "¥180,000.50", "chenli": "¥240,001", "shichang": "¥240,001",
    }  # fmt: skip


async def test_the_period_is_switched_and_every_number_has_its_meaning(reader: Reader) -> None:
    """本周 to 今年; what a number means and what was asked stand behind a tap, without any script."""
    path = reader.path("chenli")
    seen = {}
    for period in ("week", "month", "quarter", "year", "nonsense"):
        status, page = await reader.opens(path, f"?p={period}")
        assert status == 200
        seen[period] = tiles(page)["new_leads"]
        assert "<script" not in page
        assert page.count("<summary>口径</summary>") >= len(tiles(page))
    assert seen == {"week": "2 条", "month": "4 条", "quarter": "6 条", "year": "6 条", "nonsense": "4 条"}
    assert "2026年11月（到 11月18日）" in page
    assert "上月同期 10月1日-10月18日" in page
    assert "数据截至 11月18日 10:00" in page


async def test_the_second_page_has_what_moves_first_before_what_follows(reader: Reader) -> None:
    status, page = await reader.opens(reader.path("chenli"), "?v=kpi&p=quarter")
    assert status == 200
    order = list(tiles(page))
    assert order.index("mql") < order.index("won_amount")
    assert order.index("first_response_minutes") < order.index("win_rate")
    assert 'v=kpi" aria-current="page">关键指标' in page


@pytest.mark.parametrize(("who", "says"), [("itops", "管理员看不到业务数字"), ("nobody", "失效")])
async def test_who_has_no_numbers_gets_none(reader: Reader, who: str, says: str) -> None:
    """An admin is told what to open instead; a stranger's genuine link shows nothing; both leave a row."""
    status, page = await reader.opens(reader.path(who))
    assert status == 403
    assert says in page
    assert tiles(page) == {}
    found = {(row.actor, row.action) for row in await rows(reader, select(audit))}
    assert (who, "numbers.refused") in found


async def test_whoever_left_or_lost_his_region_sees_nothing_under_his_old_link(reader: Reader) -> None:
    """Rights are those of the look, not of the link."""
    rep, manager = reader.path("zhangsan"), reader.path("wanglei")
    assert (await reader.opens(rep))[0] == (await reader.opens(manager))[0] == 200
    gone = update(users).where(users.c.id == "zhangsan").values(active=False)
    moved = update(users).where(users.c.id == "wanglei").values(region="")
    for statement in (gone, moved):
        await reader.site.store.write(lambda tx, s=statement: tx.run(s), lane_key="t")
    for path in (rep, manager):
        status, page = await reader.opens(path)
        assert (status, tiles(page)) == (403, {})


async def test_a_forwarded_link_opens_nothing(reader: Reader) -> None:
    """A look alone gives it to nobody; once opened it is this browser's, and his next link opens by itself."""
    path = reader.path("chenli")
    assert tiles(await (await reader.client.get(path)).text()) == {}
    assert (await reader.opens(path))[0] == 200
    following = reader.path("chenli", at=reader.clock.now + timedelta(seconds=1))
    assert tiles(await (await reader.client.get(following)).text())
    own = reader.path("lina")
    assert tiles(await (await reader.client.get(own)).text()) == {}, "another person's opens by a press alone"

    reader.forget()
    for stolen in (path, following):
        look, press = await reader.client.get(stolen), await reader.client.post(stolen)
        assert (look.status, press.status) == (403, 403)
        assert tiles(await look.text()) == {}


async def test_forged_foreign_and_old_links_are_all_alike(reader: Reader) -> None:
    """Cut, changed, of another kind, signed by another house, or a day old: one and the same page."""
    path = reader.path("chenli")
    rows_path = reader.path("chenli", Query(metrics=("new_leads",), period=MONTH))
    token, rows_token = path.rsplit("/", 1)[1], rows_path.rsplit("/", 1)[1]
    flipped = token[:-5] + ("A" if token[-5] != "A" else "B") + token[-4:]
    wrong = [
        "/console/board/x", path[:-3], f"/console/board/{flipped}", f"/console/board/{token}=",
        f"/console/board/{rows_token}", f"/console/rows/{token}", "/console/board/" + "A" * 4000,
        "/console/board/" + "A" * 200,
    ]  # fmt: skip
    answers = [await reader.client.get(one) for one in wrong]
    reader.clock.push(LIFE)
    answers += [await reader.client.get(path), await reader.client.post(path)]
    assert {answer.status for answer in answers} == {404}
    assert len({(await answer.text()).partition("<main>")[2] for answer in answers}) == 1


async def test_nobody_hammers_it(reader: Reader) -> None:
    """So many looks in a minute, then a page that says so, then again."""
    path = reader.path("chenli")
    statuses = [(await reader.client.post("/console/board/x")).status for _ in range(PER_MINUTE)]
    assert set(statuses) == {404}
    assert (await reader.client.get(path)).status == 429
    reader.seconds.s += 61
    assert (await reader.opens(path))[0] == 200


async def test_what_is_written_about_people_stays_text(reader: Reader) -> None:
    """A colleague called like a tag, and a lost reason like a script."""
    evil = "<img src=x onerror=alert(1)>"
    rename = update(users).where(users.c.id == "lina").values(name=evil)
    await reader.site.store.write(lambda tx: tx.run(rename), lane_key="t")
    for who in ("lina", "wanglei"):
        reader.forget()
        status, page = await reader.opens(reader.path(who))
        assert status == 200
        assert evil not in page
        assert "&lt;img" in page
    answer = await reader.client.get(reader.path("wanglei"))
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_nobody_else_is_in_the_canaries() -> None:
    """The secrets are there to be found."""
    assert len(CANARIES) == len(world()["leads"]) == 6
    assert board_of(replace(BY_ID["wanglei"], region="")) is None
