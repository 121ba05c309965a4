"""Pages about journeys under attack: other regions, people who left, forged and borrowed links, hostile names."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, update

from bot.chat import insight_links
from bot.chat.page_links import LIFE
from bot.crm.company.journeys import Journey
from bot.store.tables.machinery import audit
from bot.store.tables.people import users
from tests.store.metrics_data import pour
from tests.web.conftest import HandMonotonic
from tests.web.pages.insight_world import CANARIES, Reader, reader_of, told, world

HOSTILE = "</svg><script>alert(1)</script>\u202e"
EVIL = {
    "name": HOSTILE,
    "enter": [{"manual": True}],
    "steps": [{"notify": "owner", "text": "</text><img src=x onerror=alert(1)>"}, {"task": "<b onclick=x>"}],
}


@pytest.fixture
async def reader(
    sqlite_url: str, lite: Any, company: Any, vault: Any, random_bytes: Any
) -> AsyncIterator[Reader]:
    pour(sqlite_url, world())
    hostile = Journey.model_validate_json(json.dumps(EVIL))
    company = replace(company, journeys={**company.journeys, "evil": hostile})
    found = reader_of(lite, company, vault, random_bytes, HandMonotonic())
    async with found.client:
        yield found


def path(reader: Reader, who: str, journey: str = "whitepaper", *, results: bool = False) -> str:
    made = insight_links.of_results if results else insight_links.of_trials
    link = made(who, reader.clock.now, journey)
    return f"{link.path}{insight_links.spell(reader.site.vault, link)}"


async def becomes(reader: Reader, who: str, **values: Any) -> None:
    await reader.site.store.write(lambda tx: tx.run(update(users).where(users.c.id == who).values(**values)))


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"role": "rep", "region": "华南大区"}, 403),
        ({"role": "manager", "region": "华南大区"}, 200),
        ({"role": "admin"}, 403),
        ({"role": "marketer"}, 200),
        ({"active": False}, 403),
    ],
    ids=["a rep", "another region's manager", "an admin", "a marketer", "gone"],
)
async def test_nobodys_customer_is_shown_to_who_lost_the_right(reader, change, status) -> None:
    """Opened while he was director; afterwards his open link tells of no customer that is not his."""
    mine = path(reader, "chenli")
    assert CANARIES["L1"][0] in (await reader.opens(mine, "?lead=L1"))[1]
    await becomes(reader, "chenli", **change)
    for asked in ("?lead=L1", "?lead=l1%20", "?lead=L1&lead=ANY", "?segment=hot_not_won", "?past=90", ""):
        answer = await reader.client.get(mine + asked)
        body = await answer.text()
        assert answer.status == status, asked
        assert told(body) == set(), asked


async def test_a_link_that_was_bent_or_is_old_or_another_pages_opens_nothing(reader) -> None:
    """Cut, another sign, doubled, on another page, for another journey, a day old."""
    mine, results = path(reader, "chenli"), path(reader, "chenli", results=True)
    assert (await reader.opens(mine))[0] == 200
    head, token = mine.rsplit("/", 1)
    bent = [token[:-3], token[::-1], token * 2, token[:-1] + ("A" if token[-1] != "A" else "B"), "x" * 3000]
    tries = [f"{head}/{one}" for one in bent]
    tries += [mine.replace("/journeys/", "/results/"), results.replace("/results/", "/journeys/")]
    for one in tries:
        assert (await reader.client.get(one)).status == 404, one[-60:]
        assert (await reader.client.post(one)).status == 404, one[-60:]
    reader.clock.push(LIFE)
    assert (await reader.client.get(mine)).status == 404


async def test_a_browser_that_somebody_elses_link_was_opened_in_gets_nothing_by_it(reader) -> None:
    """Forwarded after it was opened: neither looking nor pressing makes it his."""
    mine = path(reader, "chenli")
    assert (await reader.opens(mine, "?lead=L1"))[0] == 200
    reader.forget()
    assert (await reader.opens(path(reader, "shichang")))[0] == 200
    for answer in (await reader.client.get(mine + "?lead=L1"), await reader.client.post(mine)):
        assert answer.status == 403
        assert told(await answer.text()) == set()


async def test_a_hostile_name_is_letters_on_the_page_and_in_the_picture(reader) -> None:
    """No tag of theirs, and nothing runs that we did not write."""
    status, body = await reader.opens(path(reader, "shichang", "evil"))

    assert status == 200
    assert "alert(1)" in body
    assert "<script>alert" not in body
    assert "<img src=x" not in body
    assert "<b onclick" not in body


async def test_every_look_leaves_a_row_that_names_the_customer(reader) -> None:
    """Whose way was looked at is known afterwards, not only that somebody looked."""
    await reader.opens(path(reader, "chenli"), "?lead=L1")
    async with reader.site.store.read() as tx:
        rows = [row for row in await tx.all(select(audit)) if row.action == "journey.looked"]

    named = [(row.actor, row.object, row.detail["lead"]) for row in rows if "lead" in row.detail]
    assert named == [("chenli", "journey:whitepaper", "L1")]
