"""Pages on which a journey is tried: the picture, one customer, a segment, the past; for whom."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.chat import insight_links
from bot.store.tables.journeys import journey_enrollments
from bot.store.tables.touch import touch_plans
from tests.store.metrics_data import pour
from tests.web.conftest import HandMonotonic
from tests.web.pages.insight_world import CANARIES, Reader, reader_of, told, world


@pytest.fixture
async def reader(
    sqlite_url: str, lite: Any, company: Any, vault: Any, random_bytes: Any
) -> AsyncIterator[Reader]:
    pour(sqlite_url, world())
    found = reader_of(lite, company, vault, random_bytes, HandMonotonic())
    async with found.client:
        yield found


def path(reader: Reader, who: str, journey: str = "whitepaper") -> str:
    link = insight_links.of_trials(who, reader.clock.now, journey)
    return f"{link.path}{insight_links.spell(reader.site.vault, link)}"


async def test_the_page_shows_the_picture_and_what_can_be_tried(reader: Reader) -> None:
    """The drawing of the journey, and four things to ask."""
    status, page = await reader.opens(path(reader, "shichang"))

    assert status == 200
    assert "<h1>旅程：白皮书跟进</h1>" in page
    assert 'data-picture="journey"' in page
    assert "发「产品介绍」" in page
    assert page.count('<form method="get"') == 4


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("?lead=ANY", "随便一位客户"),
        ("?segment=hot_not_won", "试算「白皮书跟进」"),
        ("?past=30", "过去 30 天"),
        ("?segment=nothing", "没有这个分群"),
        ("?lead=L987", "没有这位客户"),
    ],
)
async def test_what_is_asked_for_is_shown_and_nothing_is_written(
    reader: Reader, more: str, says: str
) -> None:
    """It says what the chat says, and nobody is in a journey or gets a message by it."""
    status, page = await reader.opens(path(reader, "shichang"), more)

    assert status == 200
    assert says in page
    async with reader.site.store.read() as tx:
        for table in (journey_enrollments, touch_plans):
            row = await tx.first(select(func.count().label("n")).select_from(table))
            assert row.n == 0


async def test_a_director_sees_a_customers_way_marketing_does_not(reader: Reader) -> None:
    """Who sees no customers is told what he is told of a number that nobody has."""
    _, his = await reader.opens(path(reader, "chenli"), "?lead=L1")
    reader.forget()
    _, others = await reader.opens(path(reader, "shichang"), "?lead=L1")

    assert CANARIES["L1"][0] in his
    assert "一天一天看" in his
    assert told(others) == set()
    assert "没有这位客户" in others


async def test_reps_are_sent_back_to_the_chat(reader: Reader) -> None:
    status, page = await reader.opens(path(reader, "zhangsan"), "?past=30")

    assert status == 403
    assert told(page) == set()


async def test_a_journey_that_is_not_there(reader: Reader) -> None:
    status, _ = await reader.opens(path(reader, "shichang", "nothing"))

    assert status == 403
