"""The records behind an answer: as many as the number, no more of them than their reader may see, as a file."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import openpyxl
import pytest
from sqlalchemy import select, update

from bot.crm.query import Order, Query, Rank
from bot.store.tables.leads import leads
from bot.store.tables.machinery import audit
from bot.store.tables.people import users
from bot.web.pages.rows_export import PER_HOUR
from tests.store.metrics_data import pour
from tests.web.conftest import HandMonotonic
from tests.web.pages.insight_world import MONTH, OWNERS, Reader, reader_of, told, world

EAST = "华东大区"
#: (asker, what of, how many records, whose names he may read).
SEEN = (
    ("zhangsan", {"metrics": ("open_leads",), "where": {"owner": ("zhangsan",)}}, 3, {"L1", "L5", "L6"}),
    ("lina", {"metrics": ("new_leads",), "where": {"owner": ("lina",)}, "period": MONTH}, 1, {"L2"}),
    ("wanglei", {"metrics": ("new_leads",), "where": {"region": (EAST,)}, "period": MONTH}, 2, {"L1", "L2"}),
    ("chenli", {"metrics": ("new_leads",), "period": MONTH}, 4, {"L1", "L2", "L3", "L4"}),
    ("shichang", {"metrics": ("new_leads",), "period": MONTH}, 4, set()),
    ("shichang", {"metrics": ("won_deals",), "period": MONTH}, 3, set()),
    ("chenli", {"metrics": ("win_rate",), "period": MONTH}, 4, set()),
)


@pytest.fixture
async def reader(
    sqlite_url: str, lite: Any, company: Any, vault: Any, random_bytes: Any
) -> AsyncIterator[Reader]:
    pour(sqlite_url, world())
    found = reader_of(lite, company, vault, random_bytes, HandMonotonic(), most_exported=3)
    async with found.client:
        yield found


async def change(reader: Reader, statement: Any) -> None:
    await reader.site.store.write(lambda tx: tx.run(statement), lane_key="t")


async def audited(reader: Reader, action: str) -> list[Any]:
    async with reader.site.store.read() as tx:
        return await tx.all(select(audit).where(audit.c.action == action))


def total(page: str) -> int:
    found = re.search(r'id="total">([\d,]+)<', page)
    assert found is not None, page
    return int(found[1].replace(",", ""))


def body(page: str) -> str:
    """The records alone."""
    return page.partition("<tbody>")[2].partition("</tbody>")[0]


@pytest.mark.parametrize(("who", "asked", "n", "sees"), SEEN)
async def test_as_many_as_the_number_and_only_what_he_may_see(
    reader: Reader, who: str, asked: dict[str, Any], n: int, sees: set[str]
) -> None:
    """The count of the page is the count of its lines; names, firms and masked numbers are his alone."""
    status, page = await reader.opens(reader.path(who, Query(**asked)))
    assert status == 200
    assert total(page) == n == body(page).count("<tr>")
    if asked["metrics"][0] in {"open_leads", "new_leads"}:
        assert told(page) == sees
    if who == "shichang":
        assert not any(name in page for name in ("张三", "李娜", "陈晨", "@客户", "cmd|"))
    [row] = await audited(reader, "numbers.rows_looked")
    assert (row.actor, row.object, row.detail["rows"]) == (who, asked["metrics"][0], n)


@pytest.mark.parametrize(
    ("who", "asked"),
    [
        ("zhangsan", {"metrics": ("open_leads",)}),
        ("zhangsan", {"metrics": ("open_leads",), "where": {"owner": ("lina",)}}),
        ("wanglei", {"metrics": ("new_leads",), "period": MONTH}),
        ("wanglei", {"metrics": ("new_leads",), "where": {"region": ("华南大区",)}, "period": MONTH}),
        ("wanglei", {"metrics": ("channel_cost",), "period": MONTH}),
        ("shichang", {"metrics": ("new_leads",), "by": ("owner",), "period": MONTH}),
        ("itops", {"metrics": ("new_leads",), "period": MONTH}),
    ],
)
async def test_a_question_beyond_his_rights_is_refused_in_page_and_file(
    reader: Reader, who: str, asked: dict[str, Any]
) -> None:
    """However the link came to be signed: the rights are asked for when it is opened."""
    path = reader.path(who, Query(**asked))
    for more in ("", "/csv", "/xlsx"):
        await reader.opens(path)
        answer = await reader.client.get(path + more)
        text = await answer.text()
        assert answer.status == 403
        assert told(text) == set()
        assert "<tbody>" not in text
    assert {row.actor for row in await audited(reader, "numbers.refused")} == {who}
    assert await audited(reader, "numbers.exported") == []


async def test_rights_lost_since_are_lost_on_the_page(reader: Reader) -> None:
    """A lead that went to somebody else keeps its line without a name; who left sees nothing at all."""
    path = reader.path(
        "zhangsan", Query(metrics=("new_leads",), where={"owner": ("zhangsan",)}, period=MONTH)
    )
    assert told((await reader.opens(path))[1]) == {"L1"}
    await change(
        reader, update(leads).where(leads.c.id == "L1").values(owner_id="chenchen", region="华南大区")
    )
    _, page = await reader.opens(path)
    assert (total(page), told(page)) == (1, set())
    assert "现在不归你看" in page
    exported = await (await reader.client.get(path + "/csv")).text()
    assert told(exported) == set()

    await change(reader, update(users).where(users.c.id == "zhangsan").values(active=False))
    for more in ("", "/csv", "/xlsx"):
        answer = await reader.client.get(path + more)
        assert (answer.status, told(await answer.text())) == (403, set())


async def test_free_leads_are_shown_as_their_pool_shows_them(reader: Reader) -> None:
    """Whoever may take one reads what the pool's terms allow, never the number."""
    path = reader.path("chenchen", Query(metrics=("pool_leads",)))
    status, page = await reader.opens(path)
    assert (status, total(page)) == (200, 1)
    assert "139****" not in page
    reader.forget()
    _, east = await reader.opens(reader.path("zhangsan", Query(metrics=("pool_leads",))))
    assert 'id="total">0<' in east
    assert told(east) == set()


async def test_each_line_of_a_list_leads_to_its_own_records(reader: Reader) -> None:
    """The narrower page counts what the line said; a nobody's line leads nowhere."""
    query = Query(metrics=("new_leads",), by=("owner",), period=MONTH, rank=Rank(Order.DESC))
    _, page = await reader.opens(reader.path("chenli", query))
    links = re.findall(r'<li><a href="([^"]+)">([^<]+)</a></li>', page)
    said = {name.partition(". ")[2].partition("：")[0]: address for address, name in links}
    assert {"张三", "李娜", "陈晨"} <= set(said)
    assert "未分配" not in said
    _, own = await reader.opens(said["陈晨"])
    assert (total(own), told(own)) == (1, {"L3"})
    by_day = Query(metrics=("new_leads",), by=("day",), period=MONTH)
    _, days = await reader.opens(reader.path("chenli", by_day))
    address = next(
        one for one, name in re.findall(r'<a href="([^"]+)">([^<]+)</a>', days) if "11月17日" in name
    )
    assert told((await reader.opens(address))[1]) == {"L3", "L4"}
    assert not re.search(r"<a [^>]+>[^<]*(另有|前面还有|合计)", days + page)


async def test_lines_of_crossed_dimensions_lead_to_their_own_records(reader: Reader) -> None:
    """What the answer leaves out is no line here either, and shifts no other line's link."""
    query = Query(metrics=("new_leads",), by=("source", "week"), period=MONTH)
    _, page = await reader.opens(reader.path("chenli", query))
    links = re.findall(r'<li><a href="([^"]+)">([^<]+)</a></li>', page)
    assert [name for _, name in links] == ["官网·11月2日-11月8日：2 条", "抖音·11月16日-11月22日：2 条"]
    for (address, _), leads_of in zip(links, ({"L1", "L2"}, {"L3", "L4"}), strict=True):
        assert told((await reader.opens(address))[1]) == leads_of


async def test_files_hold_no_formula_and_say_who_took_them(reader: Reader) -> None:
    """CSV and xlsx have the page's lines; what begins like a formula is text, in every cell and header."""
    path = reader.path("chenli", Query(metrics=("won_amount",), period=MONTH))
    await reader.opens(path)
    answer = await reader.client.get(path + "/csv")
    raw = await answer.read()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["Content-Disposition"]
    lines = list(csv.reader(io.StringIO(raw.decode("utf-8-sig"))))
    book = openpyxl.load_workbook(io.BytesIO(await (await reader.client.get(path + "/xlsx")).read()))
    sheet = [[cell.value for cell in row] for row in book.active.iter_rows()]
    assert len(lines) == len(sheet) == 4
    assert sheet[0] == lines[0]
    for cell in (one for line in [*lines, *sheet] for one in line if isinstance(one, str)):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r")), cell
    at = sheet[0].index("金额")
    assert sorted(float(row[at]) for row in sheet[1:]) == [60000.5, 60000.5, 120000]
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)
    found = await audited(reader, "numbers.exported")
    assert {(row.actor, row.object, row.detail["rows"], row.detail["file"]) for row in found} == {
        ("chenli", "won_amount", 3, "csv"), ("chenli", "won_amount", 3, "xlsx"),
    }  # fmt: skip


async def test_files_are_limited_and_empty_ones_are_not_made(reader: Reader) -> None:
    """So many in an hour for one person, whichever link he uses."""
    path = reader.path("chenli", Query(metrics=("won_deals",), period=MONTH))
    await reader.opens(path)
    none = reader.path(
        "chenli", Query(metrics=("lost_deals",), where={"region": ("华南大区",)}, period=MONTH)
    )
    await reader.opens(none)
    assert (await reader.client.get(none + "/csv")).status == 404
    many = reader.path("chenli", Query(metrics=("new_leads",), period=MONTH))
    await reader.opens(many)
    assert (await reader.client.get(many + "/csv")).status == 413
    assert await audited(reader, "numbers.exported") == []
    statuses = [(await reader.client.get(path + "/csv")).status for _ in range(PER_HOUR - 1)]
    assert statuses == [200] * (PER_HOUR - 2) + [429]
    reader.seconds.s += 3601
    assert (await reader.client.get(path + "/csv")).status == 200


async def test_a_link_opened_elsewhere_or_too_old_gives_no_file(reader: Reader) -> None:
    path = reader.path("chenli", Query(metrics=("new_leads",), period=MONTH))
    unopened = await (await reader.client.get(path + "/csv")).text()
    assert told(unopened) == set()
    await reader.opens(path)
    reader.forget()
    assert (await reader.client.get(path + "/csv")).status == 403
    reader.clock.push(timedelta(hours=25))
    assert (await reader.client.get(path + "/csv")).status == 404


async def test_pages_are_turned_and_several_metrics_have_a_page_each(reader: Reader) -> None:
    """Beyond the last page nothing breaks; a rate that lists what it divides by says what counts."""
    query = Query(metrics=("win_rate", "won_deals"), period=MONTH)
    path = reader.path("chenli", query)
    _, rate = await reader.opens(path)
    _, won = await reader.opens(path, "?m=won_deals")
    assert (total(rate), total(won)) == (4, 3)
    assert (body(rate).count(">是<"), body(rate).count(">否<")) == (3, 1)
    status, beyond = await reader.opens(path, "?m=nothing&n=99999")
    assert (status, total(beyond), body(beyond).count("<tr>")) == (200, 4, 0)
    _, nameless = await reader.opens(
        reader.path("chenli", Query(metrics=("form_conversion_rate",), period=MONTH))
    )
    assert "没有逐条的记录" in nameless


def test_the_owners_are_those_of_the_world() -> None:
    """What the table above says of names stands on this."""
    assert {row["id"]: row["owner_id"] for row in world()["leads"] if row["owner_id"]} == OWNERS
