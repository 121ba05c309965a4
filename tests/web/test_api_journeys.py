"""/api/v1/journeys: another system puts somebody into a journey, by the journey's own rules."""

from __future__ import annotations

import dataclasses

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from bot.journeys import engine
from bot.journeys.book import Shelf
from bot.store import journeys
from bot.store.tables.journeys import journey_enrollments
from bot.store.tables.machinery import audit
from bot.web.api.api import Api
from bot.web.site import Site
from tests.journeys.fleet import with_journeys
from tests.store.leads_by_hand import put
from tests.web.api_door import TOKEN, ApiDoor, Patient
from tests.web.conftest import HandMonotonic

THOSE = {
    "onboarding": {"enter": [{"api": True}], "steps": [{"wait": "3天"}]},
    "orders": {"enter": [{"api": True}], "again": "per:order_id", "steps": [{"wait": "3天"}]},
    "inner": {"enter": [{"form": "event"}], "steps": [{"wait": "3天"}]},
    "shanghai": {"enter": [{"api": True}], "only": {"field": "city", "op": "=", "value": "上海"}, "steps": [{"wait": "3天"}]},
}  # fmt: skip


@pytest.fixture
async def api(lite, company, vault, clock, random_bytes):
    site = Site(
        store=Patient(lite), company=with_journeys(company, THOSE), vault=vault, clock=clock,
        random_bytes=random_bytes, wake=lambda: None,
    )  # fmt: skip

    async def prepare(tx):
        desk = site.desk(tx)
        await put(desk, "L1", city="北京")
        await put(desk, "L2", merged_into="L1")
        await engine.define(desk, Shelf())

    await site.write(prepare, lane_key="t")
    app = web.Application()
    app.add_routes(Api(site, TOKEN, monotonic=HandMonotonic()).routes())
    async with TestClient(TestServer(app)) as client:
        yield ApiDoor(client, site, HandMonotonic())


async def inside(api):
    return [(row.journey, row.slot) for row in await api.rows(select(journey_enrollments))]


async def test_a_lead_enters_once(api):
    """201 and he is in; again it is 200, with why not."""
    first = await api.ask("POST", "/journeys/onboarding/enter", {"lead": "L1"})
    again = await api.ask("POST", "/journeys/onboarding/enter", {"lead": "L1"})

    assert (first.status, await first.json()) == (
        201,
        {"lead": "L1", "journey": "onboarding", "entered": True, "reason": None},
    )
    assert (again.status, (await again.json())["reason"]) == (200, "already_in")
    assert await inside(api) == [("onboarding", "")]
    (row,) = await api.rows(select(audit).where(audit.c.action == "journey.joined"))
    assert row.actor == "api:main"


async def test_the_same_key_gives_the_same_answer(api):
    """A lost answer is asked for again: 201 again, and one way; another body under the key is refused."""
    for _ in range(2):
        answer = await api.ask("POST", "/journeys/onboarding/enter", {"lead": "L1"}, Idempotency_Key="k1")
        assert answer.status == 201
    other = await api.ask("POST", "/journeys/orders/enter", {"lead": "L1", "key": "o1"}, Idempotency_Key="k1")

    assert other.status == 422
    assert await inside(api) == [("onboarding", "")]


async def test_each_order_enters_once(api):
    """`per:order_id` wants to know which order; the same one is no new occasion, another one is."""
    bodies = [{"lead": "L1"}] + [{"lead": "L1", "key": order} for order in ("o1", "o1", "o2")]
    answers = [await api.ask("POST", "/journeys/orders/enter", body) for body in bodies]
    reasons = [(await one.json())["reason"] for one in answers]

    assert reasons == ["no_key", None, "same_key", None]
    assert sorted(await inside(api)) == [("orders", "o1"), ("orders", "o2")]


async def test_words_for_its_texts_go_with_him(api):
    await api.ask("POST", "/journeys/onboarding/enter", {"lead": "L1", "words": {"seat": "A3"}})

    (row,) = await api.rows(select(journey_enrollments))
    assert row.memory["words"] == {"seat": "A3"}


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/journeys/nothing/enter", {"lead": "L1"}, 404),
        ("/journeys/inner/enter", {"lead": "L1"}, 409),
        ("/journeys/onboarding/enter", {"lead": "L9"}, 422),
        ("/journeys/onboarding/enter", {"lead": "L2"}, 422),
        ("/journeys/onboarding/enter", {}, 422),
        ("/journeys/onboarding/enter", {"lead": "L1", "words": {"Bad Word": "x"}}, 422),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(api, path, body, status):
    assert (await api.ask("POST", path, body)).status == status
    assert await inside(api) == []


async def test_whom_it_is_not_for_does_not_enter(api):
    answer = await api.ask("POST", "/journeys/shanghai/enter", {"lead": "L1"})

    assert (answer.status, (await answer.json())["reason"]) == (200, "not_for_him")


async def test_a_key_without_the_scope_opens_nothing(api):
    key = await (await api.ask("POST", "/keys", {"name": "x", "scopes": ["leads:write"]})).json()
    own = dataclasses.replace(api, token=key["key"])

    assert (await own.ask("POST", "/journeys/onboarding/enter", {"lead": "L1"})).status == 403
    assert (await own.ask("GET", "/journeys")).status == 403
    assert await inside(api) == []


async def test_those_that_are_open_are_listed(api):
    """By name, with what has to be sent; one that was stopped is not there, one that rests says so."""
    site = api.site
    await site.write(lambda tx: journeys.put(site.desk(tx), "shanghai", 1, "stopped", by="m"), lane_key="t")
    await site.write(lambda tx: journeys.put(site.desk(tx), "orders", 1, "paused", by="m"), lane_key="t")

    listed = (await (await api.ask("GET", "/journeys")).json())["data"]

    assert [(one["key"], one["paused"], one["business_key"]) for one in listed] == [
        ("onboarding", False, None),
        ("orders", True, "order_id"),
    ]
    assert (await api.ask("POST", "/journeys/shanghai/enter", {"lead": "L1"})).status == 404
