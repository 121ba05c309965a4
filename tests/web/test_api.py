"""/api/v1: what another system may ask, what it is told, and what it is not."""

from __future__ import annotations

import asyncio
import json

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import func, select

from bot.store.tables.behaviour import behaviours, touch_points
from bot.store.tables.leads import leads
from bot.store.tables.machinery import audit
from bot.store.tables.outside import api_keys
from bot.web.api.access import WRONG_PER_MINUTE
from bot.web.api.api import Api
from bot.web.api.models import LeadOut
from bot.web.site import Site
from tests.web.api_door import TOKEN, ApiDoor, Patient
from tests.web.conftest import HandMonotonic

WANG = {"name": "王伟", "phone": "138-1234-5678", "email": "Wang@Example.com", "company": "云帆科技有限公司"}


@pytest.fixture
async def api(store, company, vault, clock, random_bytes):
    site = Site(
        store=Patient(store),
        company=company,
        vault=vault,
        clock=clock,
        random_bytes=random_bytes,
        wake=lambda: None,
    )
    seconds = HandMonotonic()
    app = web.Application()
    app.add_routes(Api(site, TOKEN, monotonic=seconds).routes())
    async with TestClient(TestServer(app)) as client:
        yield ApiDoor(client, site, seconds)


async def audited(api, action):
    return await api.rows(select(audit).where(audit.c.action == action))


async def made(api, **more):
    answer = await api.ask("POST", "/leads", {**WANG, **more})
    assert answer.status in (200, 201), await answer.text()
    return await answer.json(), answer.headers["ETag"]


async def test_a_person_becomes_a_lead_once(api):
    """201, cleaned and masked; the same person again is 200, the same lead, with what was missing."""
    first, _ = await made(api, source="展会", utm_campaign="autumn")
    again = await api.ask("POST", "/leads", {"phone": "+8613812345678", "title": "总监", "name": "别人"})

    assert (first["id"], first["phone"], first["email"]) == ("L1", "138****5678", "w***@example.com")
    assert (first["source"], first["contacts"], first["status"]) == ("展会", "masked", "new")
    assert again.status == 200
    second = await again.json()
    assert (second["id"], second["title"], second["name"]) == ("L1", "总监", "王伟")
    ways = await api.rows(select(touch_points).order_by(touch_points.c.id))
    assert (ways[0].lead_id, ways[0].source, ways[0].campaign) == ("L1", "展会", "autumn")


async def test_the_same_idempotency_key_gives_the_same_answer(api):
    """Also when four come at once; another body under it is refused."""
    answers = await asyncio.gather(
        *(api.ask("POST", "/leads", WANG, Idempotency_Key="k1") for _ in range(4)), return_exceptions=True
    )
    assert {answer.status for answer in answers} == {201}
    assert len({(await answer.json())["id"] for answer in answers}) == 1
    other = await api.ask("POST", "/leads", {**WANG, "title": "x"}, Idempotency_Key="k1")
    assert (other.status, other.content_type) == (422, "application/problem+json")
    assert (await api.rows(select(func.count().label("n")).select_from(leads)))[0].n == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"name": "王伟"}, "phone"),
        ({"phone": "123"}, "phone"),
        ({"phone": ["1"]}, "phone"),
        ({"phone": "13812345678", "name": "x" * 999}, "name"),
        ({"phone": "13812345678", "employees": {"a": 1}}, "employees"),
    ],
)
async def test_a_bad_field_is_named(api, body, field):
    answer = await api.ask("POST", "/leads", body)
    problem = await answer.json()
    assert answer.status == 422
    assert [one["field"] for one in problem["errors"]] == [field]


async def test_hostile_bodies_and_addresses_break_nothing(api):
    """A well, half a sign, no number, no JSON, another kind, a sign nobody sees: a problem each."""
    await made(api)
    well = b'{"a":' * 3000 + b"1" + b"}" * 3000
    bodies = [b"", b"{", b"[]", b'{"phone":NaN}', b'{"phone":"\\ud800"}', b"\xff", well, b'{"phone":1e999}']
    for body in bodies:
        headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
        answer = await api.client.post("/api/v1/leads", data=body, headers=headers)
        assert answer.status in (400, 422), body[:20]
        assert answer.content_type == "application/problem+json"
    plain = await api.client.post("/api/v1/leads", data=b"a=1", headers={"Authorization": f"Bearer {TOKEN}"})
    assert plain.status == 415
    for path in ("/leads/L%00", "/leads/L9", "/leads/%ff", "/keys/x"):
        assert (await api.ask("GET" if "leads" in path else "DELETE", path)).status == 404
    for query in (
        "limit=0",
        "limit=x",
        "limit=²",
        "cursor=x",
        "cursor=W10",
        "changed_since=soon",
        "status=%00",
    ):
        assert (await api.ask("GET", f"/leads?{query}")).status == 422, query
    early = {"event": "e", "at": "0001-01-01T00:00:00+14:00"}
    assert (await api.ask("POST", "/leads/L1/events", early)).status == 422
    deep = {"event": "e", "properties": json.loads('{"a":' * 400 + "1" + "}" * 400)}
    assert (await api.ask("POST", "/leads/L1/events", deep)).status == 422


async def test_pages_are_followed_by_their_cursor(api, clock):
    """Each lead once, in the order in which they came, with those that come meanwhile behind."""
    for n in range(5):
        await made(api, phone=f"1380000000{n}", email=f"a{n}@example.com")
    seen, cursor = [], ""
    while cursor is not None:
        answer = await api.ask("GET", f"/leads?limit=2&cursor={cursor}")
        page = await answer.json()
        if not seen:
            await made(api, phone="13800000009", email="a9@example.com")
        seen += [one["id"] for one in page["data"]]
        cursor = page["next"]
    assert seen == ["L1", "L2", "L3", "L4", "L5", "L6"]
    filtered = await (await api.ask("GET", "/leads?status=converted")).json()
    assert filtered == {"data": [], "next": None}


async def test_a_correction_needs_the_lead_as_it_is(api):
    """428 without If-Match, 412 with an old one, 200 with the present; a reader who knows it gets 304."""
    lead, mark = await made(api)
    path = f"/leads/{lead['id']}"
    assert (await api.ask("PATCH", path, {"title": "总监"})).status == 428
    done = await api.ask("PATCH", path, {"title": "总监"}, If_Match=mark)
    assert (done.status, (await done.json())["title"]) == (200, "总监")
    assert (await api.ask("PATCH", path, {"title": "经理"}, If_Match=mark)).status == 412
    assert (await api.ask("GET", path, If_None_Match=done.headers["ETag"])).status == 304
    both = await api.ask("PATCH", path, {"title": "副总", "phone": "1"}, If_Match="*")
    assert both.status == 422
    assert (await (await api.ask("GET", path)).json())["title"] == "总监", "all or nothing"
    fixed = await api.ask("PATCH", path, {"source": "官网"}, If_Match="*")
    assert [one["message"] for one in (await fixed.json())["errors"]] == ["fixed"]


async def test_contacts_are_masked_unless_asked_for_by_who_may_and_each_look_is_audited(api):
    lead, _ = await made(api)
    clear = await (await api.ask("GET", f"/leads/{lead['id']}?contacts=clear")).json()
    page = await (await api.ask("GET", "/leads?contacts=clear")).json()

    assert (clear["phone"], clear["email"], clear["contacts"]) == ("13812345678", "wang@example.com", "clear")
    assert page["data"][0]["phone"] == "13812345678"
    [look] = await audited(api, "contact.revealed")
    assert (look.actor, look.object) == ("api:main", "lead:L1")
    [export] = await audited(api, "contacts.exported")
    assert export.detail == {"n": 1}


async def test_a_key_makes_no_key_that_opens_more_than_itself(api):
    """Whoever may make keys does not get at numbers by it."""
    key = await (await api.ask("POST", "/keys", {"name": "ops", "scopes": ["keys", "leads:read"]})).json()
    api.token = key["key"]

    refused = await api.ask("POST", "/keys", {"name": "more", "scopes": ["leads:read", "contacts:read"]})
    less = await api.ask("POST", "/keys", {"name": "less", "scopes": ["leads:read"]})

    assert (refused.status, (await refused.json())["detail"]) == (
        403,
        "this key lacks the scope contacts:read",
    )
    assert less.status == 201
    assert len(await api.rows(select(api_keys))) == 2


async def test_a_key_opens_what_its_scopes_say_until_it_is_revoked(api):
    """Its hash alone is kept; 403 names the scope it lacks; revoked it is a stranger's."""
    lead, _ = await made(api)
    key = await (await api.ask("POST", "/keys", {"name": "ERP", "scopes": ["leads:read"]})).json()
    api.token = key["key"]
    assert (await api.ask("GET", "/leads")).status == 200
    assert (await api.ask("GET", f"/leads/{lead['id']}?contacts=clear")).status == 403
    refused = await api.ask("POST", "/leads", WANG)
    assert (refused.status, (await refused.json())["detail"]) == (403, "this key lacks the scope leads:write")
    assert (await api.ask("POST", "/keys", {"name": "more", "scopes": ["keys"]})).status == 403
    [row] = await api.rows(select(api_keys))
    assert key["key"] not in repr(row._asdict())

    api.token = TOKEN
    listed = await (await api.ask("GET", "/keys")).json()
    assert [(one["id"], one["key"]) for one in listed["data"]] == [(key["id"], None)]
    assert (await api.ask("DELETE", f"/keys/{key['id']}")).status == 204
    api.token = key["key"]
    assert (await api.ask("GET", "/leads")).status == 401


async def test_strangers_get_one_answer_and_soon_none(api):
    """401 alike for no token, a wrong one and another scheme; then 429 with Retry-After."""
    for headers in (
        {},
        {"Authorization": "Bearer x"},
        {"Authorization": f"Basic {TOKEN}"},
        {"Authorization": "Bearer "},
    ):
        answer = await api.client.get("/api/v1/leads", headers=headers)
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "Bearer")
    api.token = "wrong"
    for _ in range(WRONG_PER_MINUTE):
        answer = await api.ask("GET", "/leads")
    assert (answer.status, answer.headers["Retry-After"]) == (429, "60")
    api.token = TOKEN
    assert (await api.ask("GET", "/leads")).status == 200, "who has the token is not locked out by others"


async def test_an_event_is_kept_once_and_waits_to_be_counted(api):
    await made(api)
    event = {"event": "pricing_page_viewed", "object": "/pricing", "message_id": "e1", "properties": {"n": 1}}
    assert (await api.ask("POST", "/leads/L1/events", event)).status == 201
    assert (await api.ask("POST", "/leads/L1/events", event)).status == 204
    [row] = await api.rows(select(behaviours))
    assert (row.lead_id, row.event, row.channel, row.uncounted) == ("L1", "pricing_page_viewed", "api", True)
    shown = (await (await api.ask("GET", "/leads/L1/events")).json())["data"]
    assert [(one["event"], one["object"]) for one in shown] == [("pricing_page_viewed", "/pricing")]
    for name in ("touch-points", "submissions", "tags"):
        assert (await api.ask("GET", f"/leads/L1/{name}")).status == 200


async def test_the_description_is_openapi_and_says_what_there_is(api):
    """Valid 3.1, open to all, and every answer in it is the shape that is really sent."""
    answer = await api.client.get("/api/v1/openapi.json")
    document = await answer.json()
    OpenAPIV31SpecValidator(document).validate()
    lead, _ = await made(api)
    shape = document["components"]["schemas"]["LeadOut"]
    assert set(shape["properties"]) == set(lead) == set(LeadOut.model_fields)
    listed = {(method.upper(), path) for path, ways in document["paths"].items() for method in ways}
    routes = {
        (route.method, route.resource.canonical)
        for route in api.client.server.app.router.routes()
        if route.method != "HEAD" and not route.resource.canonical.endswith("openapi.json")
    }
    assert listed == routes
