"""Results of a journey as a page: figures of the chat, an alarm where there is one, and nothing for others."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping
from html import unescape
from typing import Any

import pytest

from bot.chat import insight_links
from bot.insight.results.report import Report, report
from bot.insight.results.spoken import fields, shown
from bot.journeys.outline import outline_of
from bot.kit.statistics import newcombe, wilson
from bot.store.tables.machinery import audit
from tests.insight.trial_world import FELL, NAME, Fell, lived, with_trial
from tests.store.metrics_data import pour
from tests.web.conftest import HandMonotonic
from tests.web.pages.insight_world import Reader, reader_of, world


@pytest.fixture
async def reader(
    sqlite_url: str, lite: Any, company: Any, vault: Any, random_bytes: Any
) -> AsyncIterator[Reader]:
    pour(sqlite_url, world())
    found = reader_of(lite, with_trial(company), vault, random_bytes, HandMonotonic())
    async with found.client:
        yield found


async def happened(reader: Reader, fell: Mapping[str, Fell] = FELL) -> None:
    await reader.site.store.write(lambda tx: lived(reader.site.desk(tx), fell), within=60)


def path(reader: Reader, who: str, journey: str = NAME) -> str:
    link = insight_links.of_results(who, reader.clock.now, journey)
    return f"{link.path}{insight_links.spell(reader.site.vault, link)}"


async def read_of(reader: Reader, region: str = "") -> Report:
    async with reader.site.store.read() as tx:
        outline = await outline_of(tx, reader.site.company, NAME, "", region=region)
        assert outline is not None
        return await report(tx, outline, now=reader.clock.now)


def text_of(page: str) -> str:
    """Without tags; blanks as one."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page.partition("<main>")[2])).split())


async def test_the_page_says_what_the_chat_says(reader: Reader) -> None:
    """Every field, every step, each arm with its interval; what may be concluded and what may not."""
    await happened(reader)
    found = await read_of(reader)
    status, page = await reader.opens(path(reader, "shichang"))
    said = text_of(page)

    assert status == 200
    assert f"<h1>{NAME} · 旅程结果</h1>" in page
    for label, value in fields(found, currency=reader.site.company.org.currency):
        assert f"{label} {value}" in said
    told = shown(found, currency=reader.site.company.org.currency, url="")
    for step in told.steps:
        assert f"{step.words.strip()} {step.count}" in said
    quote, story = FELL["直接报价"], FELL["hold_out"]
    one = wilson(quote.reached, quote.n)
    assert f"16.0% 64 人，{one.low:.1%}～{one.high:.1%}" in said
    apart = newcombe(quote.reached, quote.n, story.reached, story.n)
    assert f"{apart.value * 100:+.2f} 个百分点（{apart.low * 100:+.2f}～{apart.high * 100:+.2f}）" in said
    rows = dict(
        re.findall(
            r'<tr>\s*<th scope="row">([^<]+)</th>.*?data-label="结论"><span[^>]*>([^<]+)', page, re.DOTALL
        )
    )
    assert rows == {"直接报价": "比对照高", "先讲案例": "还看不出差别", "对照（不参加）": "对照"}
    assert "打开（不准）" in said
    assert "没发 180 条：客户没有同意 180" in said
    assert 'role="alert"' not in page
    assert "客户1" not in said


async def test_broken_shares_say_so_and_nothing_else(reader: Reader) -> None:
    """A hundred and twenty of four hundred have got lost: whatever their rates are, nothing is concluded from them."""
    await happened(reader, {**FELL, "先讲案例": Fell(280, 30, 9)})

    _, page = await reader.opens(path(reader, "chenli"))
    said = text_of(page)

    assert "分组比例不对，先查原因，别下结论：直接报价 400（应约 350）" in said
    assert said.count("不能比") == 3
    for word in ("比对照高", "比对照低", "还看不出差别"):
        assert word not in said.partition("怎么算的")[0]


async def test_who_may_not_see_results_is_told_so(reader: Reader) -> None:
    """A manager sees his region, another region's manager nobody; a rep and an admin nothing, with a row of it."""
    await happened(reader, {"直接报价": Fell(4, 1, 1), "先讲案例": Fell(4, 0, 0), "hold_out": Fell(2, 0, 0)})

    status, page = await reader.opens(path(reader, "wanglei"))
    assert status == 200
    assert "只算华东大区" in text_of(page)
    assert "10 人" in text_of(page)
    for who in ("zhangsan", "itops"):
        reader.forget()
        assert (await reader.opens(path(reader, who)))[0] == 403
    async with reader.site.store.read() as tx:
        actions = [row.action for row in await tx.all(audit.select())]
    assert actions.count("numbers.refused") == 2
    reader.forget()
    assert (await reader.opens(path(reader, "shichang", "没有这个")))[0] == 404


async def test_a_link_is_of_one_page_alone(reader: Reader) -> None:
    """The token of a board opens no results, and the other way round."""
    await happened(reader, {"直接报价": Fell(2, 0, 0), "先讲案例": Fell(2, 0, 0), "hold_out": Fell(1, 0, 0)})
    token = path(reader, "shichang").rpartition("/")[2]

    assert (await reader.opens(f"{insight_links.BOARD}{token}"))[0] == 404
    board = reader.path("shichang").rpartition("/")[2]
    assert (await reader.opens(f"{insight_links.RESULTS}{board}"))[0] == 404
    assert (await reader.opens(path(reader, "shichang"), "?v=9"))[0] == 404
    assert (await reader.opens(path(reader, "shichang"), "?v=%E4%B8%80"))[0] == 200


@pytest.mark.parametrize(
    ("link", "says"),
    [
        (lambda now: insight_links.of_results("shichang", now, NAME), f"旅程「{NAME}」的结果"),
        (lambda now: insight_links.of_trials("shichang", now, NAME), f"模拟旅程「{NAME}」"),
        (lambda now: insight_links.NumbersLink("shichang", now, ""), "的看板"),
    ],
)
async def test_the_question_before_a_page_names_what_it_opens(reader: Reader, link: Any, says: str) -> None:
    """A browser that is not his yet is asked by name of the page."""
    wanted = link(reader.clock.now)
    answer = await reader.client.get(f"{wanted.path}{insight_links.spell(reader.site.vault, wanted)}")
    page = await answer.text()

    assert re.search(f"<h1>[^<]*{says}</h1>", page)
    assert "明细" not in page
