"""Links to numbers under attack: another role since, another person's browser, a file after leaving."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.chat.page_links import LIFE
from bot.crm.query import Query
from bot.store.tables.machinery import audit
from bot.store.tables.people import users
from tests.store.metrics_data import pour
from tests.web.conftest import HandMonotonic
from tests.web.pages.insight_world import CANARIES, MONTH, OWNERS, Reader, reader_of, tiles, told, world

#: Everybody's new leads, and the same by person.
ALL = Query(metrics=("new_leads",), period=MONTH)
BY_OWNER = Query(metrics=("new_leads",), by=("owner",), period=MONTH)
#: A page, and each of its files.
FORMS = ("", "/csv", "/xlsx")


@pytest.fixture
async def reader(
    sqlite_url: str, lite: Any, company: Any, vault: Any, random_bytes: Any
) -> AsyncIterator[Reader]:
    pour(sqlite_url, world())
    found = reader_of(lite, company, vault, random_bytes, HandMonotonic())
    async with found.client:
        yield found


async def becomes(reader: Reader, who: str, **values: Any) -> None:
    await reader.site.store.write(lambda tx: tx.run(update(users).where(users.c.id == who).values(**values)))


async def fetched(reader: Reader, path: str) -> tuple[int, bytes]:
    answer = await reader.client.get(path)
    return answer.status, await answer.read()


def mine(who: str) -> set[str]:
    return {lead for lead, owner in OWNERS.items() if owner == who}


@pytest.mark.parametrize(
    ("change", "status", "sees"),
    [
        ({"role": "rep", "region": "华东大区", "team": "上海组"}, 403, set()),
        ({"role": "manager", "region": "华南大区"}, 403, set()),
        ({"role": "admin"}, 403, set()),
        ({"role": "marketer"}, 200, set()),
        ({"active": False}, 403, set()),
    ],
    ids=["a rep", "a manager", "an admin", "a marketer", "gone"],
)
async def test_an_executives_links_lose_what_he_loses(reader, change, status, sees) -> None:
    """Opened in his browser while he was one, page and files; afterwards they go by what he is now."""
    path = reader.path("chenli", ALL)
    assert (await reader.opens(path))[0] == 200
    for form in FORMS[1:]:
        assert (await fetched(reader, path + form))[0] == 200
    await becomes(reader, "chenli", **change)

    for form in FORMS:
        got, body = await fetched(reader, path + form)
        assert got == status, (form, body[:200])
        assert told(body.decode("utf-8", "replace")) == sees, form
    async with reader.site.store.read() as tx:
        refused = [row for row in await tx.all(select(audit)) if row.action == "numbers.refused"]
    assert bool(refused) == (status == 403)


async def test_a_demoted_executives_board_is_a_reps(reader: Reader) -> None:
    """The same address shows another board, and the company's number on it nowhere."""
    path = reader.path("chenli")
    _, before = await reader.opens(path)
    await becomes(reader, "chenli", role="rep", region="华东大区", team="上海组")
    status, after = await reader.opens(path)

    assert status == 200
    assert "我的看板" in after
    assert tiles(before)["won_amount"] not in after
    assert tiles(after)["won_amount"] == "¥0"


async def test_who_opens_another_persons_link_in_his_own_browser_gets_nothing(reader: Reader) -> None:
    """A rep with a link of his own opens an executive's, forwarded: asked to press, pressed, it is not his."""
    executive = reader.path("chenli", BY_OWNER)
    assert (await reader.opens(executive))[0] == 200
    reader.forget()
    assert (await reader.opens(reader.path("zhangsan")))[0] == 200
    for form in FORMS:
        status, body = await fetched(reader, executive + form)
        assert status == 403, form
        assert told(body.decode("utf-8", "replace")) == set()
    answer = await reader.client.post(executive)
    assert answer.status == 403


@pytest.mark.parametrize("form", FORMS)
async def test_a_forged_or_old_link_gives_no_file_either(reader: Reader, form: str) -> None:
    """Cut, with another sign, another question under the same seal, a day old."""
    path = reader.path("chenli", ALL)
    assert (await reader.opens(path))[0] == 200
    head, token = path.rsplit("/", 1)
    forged = [token[:-4], token[:-1] + ("A" if token[-1] != "A" else "B"), token[::-1], token + token, "x"]
    forged += [token[: len(token) // 2] + "_" + token[len(token) // 2 + 1 :]]
    for one in forged:
        status, body = await fetched(reader, f"{head}/{one}{form}")
        assert status == 404, one
        assert not any(secret.encode() in body for secrets in CANARIES.values() for secret in secrets)
    reader.clock.push(LIFE)
    status, body = await fetched(reader, path + form)
    assert status == 404
    assert told(body.decode("utf-8", "replace")) == set()


async def test_a_board_link_opens_no_rows_and_the_other_way_round(reader: Reader) -> None:
    """One seal for each kind of page."""
    board, rows = reader.path("chenli"), reader.path("chenli", ALL)
    assert (await fetched(reader, board.replace("/board/", "/rows/")))[0] == 404
    assert (await fetched(reader, rows.replace("/rows/", "/board/")))[0] == 404
