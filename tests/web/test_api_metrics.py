"""/api/v1/metrics and /ask: the same numbers as in the chat, in one person's view, and never beyond it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from openapi_spec_validator import OpenAPIV31SpecValidator
from sqlalchemy import update

from bot.crm.metrics.registry import METRICS
from bot.store.tables.people import users
from bot.web.api.api import Api
from bot.web.api.metrics import PER_MINUTE
from bot.web.site import Site
from tests.store.metrics_data import pour
from tests.web.api_door import TOKEN, ApiDoor
from tests.web.conftest import HandMonotonic
from tests.web.pages.insight_world import CANARIES, NOW, world

EAST = "华东大区"


@pytest.fixture
async def api(
    sqlite_url: str, lite: Any, company: Any, vault: Any, random_bytes: Any
) -> AsyncIterator[ApiDoor]:
    pour(sqlite_url, world())
    site = Site(lite, company, vault, lambda: NOW, random_bytes, wake=lambda: None)
    seconds = HandMonotonic()
    app = web.Application()
    app.add_routes(Api(site, TOKEN, monotonic=seconds).routes())
    async with TestClient(TestServer(app)) as client:
        yield ApiDoor(client, site, seconds)


async def numbers(api: ApiDoor, who: str | None, status: int = 200, **query: Any) -> Any:
    asked = {**query, "as": who} if who else query
    answer = await api.ask("POST", "/metrics", asked)
    told = await answer.json()
    assert answer.status == status, told
    assert (answer.content_type == "application/problem+json") is (status != 200)
    return told


async def key(api: ApiDoor, *scopes: str, person: str | None = None) -> ApiDoor:
    body = {"name": "报表", "scopes": list(scopes), **({"person": person} if person else {})}
    made = await (await api.ask("POST", "/keys", body)).json()
    assert made["person"] == person
    return ApiDoor(api.client, api.site, api.seconds, made["key"])


async def test_every_metric_is_listed_with_its_meaning(api: ApiDoor) -> None:
    listed = (await (await api.ask("GET", "/metrics")).json())["data"]
    assert [one["id"] for one in listed] == list(METRICS)
    won = next(one for one in listed if one["id"] == "won_amount")
    assert won["definition"] == METRICS["won_amount"].definition
    assert (won["unit"], won["kind"], "admin" in won["roles"]) == ("money", "flow", False)
    assert {"owner", "region", "month"} <= set(won["dimensions"])


async def test_a_query_is_answered_in_the_view_of_a_person(api: ApiDoor) -> None:
    """His own scope stands in the query that comes back; the top sees everybody."""
    month = {"from": "2026-11-01", "to": "2026-12-01"}
    whole = await numbers(api, "chenli", metrics=["won_amount"], **month)
    assert whole["rows"] == [{"won_amount": 240001.0}]
    assert whole["definitions"] == {"won_amount": METRICS["won_amount"].definition}
    region = await numbers(api, "wanglei", metrics=["won_amount"], **month)
    assert (region["rows"], region["query"]["where"]) == ([{"won_amount": 180000.5}], {"region": [EAST]})
    own = await numbers(api, "zhangsan", metrics=["won_amount"], **month)
    assert (own["rows"], own["query"]["where"]) == ([{"won_amount": 120000.0}], {"owner": ["zhangsan"]})
    ranked = await numbers(
        api, "chenli", metrics=["won_amount"], by=["owner"], rank={"order": "desc", "limit": 1}, **month
    )
    assert ranked["rows"] == [{"owner": "zhangsan", "owner_name": "张三", "won_amount": 120000.0}]
    usual = await numbers(api, "chenli", metrics=["new_leads"])
    assert (usual["query"]["from"], usual["query"]["to"]) == ("2026-11-01", "2026-12-01")
    funnel = await numbers(api, "chenli", metrics=["funnel"], view="funnel", **month)
    assert [row["count"] for row in funnel["rows"]][:2] == [4, 2]
    address = json.dumps({"metrics": ["won_amount"], "as": "zhangsan", **month})
    answer = await api.client.get(
        "/api/v1/metrics/rows", params={"query": address}, headers={"Authorization": f"Bearer {TOKEN}"}
    )
    assert (await answer.json())["rows"] == own["rows"]


BEYOND = (
    ("zhangsan", {"metrics": ["won_amount"], "where": {"owner": ["lina"]}}),
    ("zhangsan", {"metrics": ["won_amount"], "where": {"region": [EAST]}}),
    ("wanglei", {"metrics": ["won_amount"], "where": {"region": ["华南大区"]}}),
    ("wanglei", {"metrics": ["channel_cost"]}),
    ("shichang", {"metrics": ["won_amount"], "by": ["owner"]}),
    ("shichang", {"metrics": ["won_amount"], "where": {"owner": ["lina"]}}),
    ("itops", {"metrics": ["won_amount"]}),
    ("nobody", {"metrics": ["won_amount"]}),
)


async def test_beyond_his_rights_there_is_no_number(api: ApiDoor) -> None:
    """Another's number, another region's, costs, whose it is: 403 each, and no figure in it."""
    for who, query in BEYOND:
        assert "240001" not in json.dumps(await numbers(api, who, 403, **query))


WRONG = (
    ({"metrics": ["nonsense"]}, "metrics"),
    ({"metrics": []}, "metrics"),
    ({"metrics": ["new_leads", "open_leads"]}, "metrics"),
    ({"metrics": ["funnel", "new_leads"]}, "metrics"),
    ({"metrics": ["new_leads"], "view": "funnel"}, "view"),
    ({"metrics": ["new_leads"], "by": ["owner", "owner"]}, "by"),
    ({"metrics": ["new_leads"], "by": ["day", "month"]}, "by"),
    ({"metrics": ["new_leads"], "by": ["nonsense"]}, "by"),
    ({"metrics": ["new_leads"], "by": ["lost_reason"]}, "by"),
    ({"metrics": ["new_leads"], "rank": {"order": "desc"}}, "rank"),
    ({"metrics": ["new_leads"], "from": "2026-11-01"}, "to"),
    ({"metrics": ["new_leads"], "from": "2026-11-02", "to": "2026-11-02"}, "to"),
    ({"metrics": ["new_leads"], "from": "1999-01-01", "to": "2026-11-02"}, "to"),
    ({"metrics": ["open_leads"], "from": "2026-11-01", "to": "2026-11-02"}, "from"),
    ({"metrics": ["open_leads"], "compare": "previous"}, "compare"),
    ({"metrics": ["stale_leads"], "where": {"idle_days": ["x"]}}, "where.idle_days"),
    ({"metrics": ["new_leads"], "where": {"source": ["\u0000"]}}, "where"),
    ({"metrics": ["channel_roi"], "where": {"attribution": ["magic"]}}, "where.attribution"),
)


async def test_a_query_that_is_none_is_told_which_field(api: ApiDoor) -> None:
    """What does not exist, does not go together or cannot be: 422 with the one field that is wrong."""
    for query, field in WRONG:
        problem = await numbers(api, "chenli", 422, **query)
        assert [one["field"] for one in problem["errors"]] == [field], query


async def test_a_key_is_bound_to_its_scope_and_to_its_person(api: ApiDoor) -> None:
    """Without the scope nothing; a person's key needs no `as`, takes no other, and makes no wider key."""
    month = {"metrics": ["won_amount"], "from": "2026-11-01", "to": "2026-12-01"}
    other = await key(api, "leads:read")
    for method, path, body in (
        ("GET", "/metrics", None),
        ("POST", "/metrics", month),
        ("POST", "/ask", {"question": "业绩"}),
    ):
        assert (await other.ask(method, path, body)).status == 403
    own = await key(api, "metrics:read", "keys", person="zhangsan")
    assert (await numbers(own, None, **month))["rows"] == [{"won_amount": 120000.0}]
    assert (await numbers(own, "zhangsan", **month))["rows"] == [{"won_amount": 120000.0}]
    await numbers(own, "chenli", 403, **month)
    wider = {"name": "x", "scopes": ["metrics:read"], "person": "chenli"}
    assert (await own.ask("POST", "/keys", wider)).status == 403
    narrower = await (await own.ask("POST", "/keys", {"name": "x", "scopes": ["metrics:read"]})).json()
    assert narrower["person"] == "zhangsan"
    assert (await api.ask("POST", "/keys", {**wider, "person": "nobody"})).status == 422
    free = await key(api, "metrics:read")
    problem = await numbers(free, None, 422, **month)
    assert [one["field"] for one in problem["errors"]] == ["as"]
    left = update(users).where(users.c.id == "zhangsan").values(active=False)
    await api.site.store.write(lambda tx: tx.run(left), lane_key="t")
    await numbers(own, None, 403, **month)


async def test_a_question_is_answered_as_in_the_chat(api: ApiDoor) -> None:
    """Four kinds of answer; turns are one conversation; what is refused names nothing."""

    async def asked(who: str, **body: Any) -> Any:
        answer = await api.ask("POST", "/ask", {**body, "as": who})
        assert answer.status == 200
        return await answer.json()

    found = await asked("chenli", question="本月业绩")
    assert (found["status"], found["rows"]) == ("ok", [{"won_amount": 240001.0}])
    assert "口径：赢单金额" in found["reply"]
    assert (await asked("zhangsan", question="本月业绩"))["rows"] == [{"won_amount": 120000.0}]
    turned = await asked("chenli", turns=["本月业绩", "华东呢"])
    assert turned["query"]["where"] == {"region": [EAST]}
    for who, question, status in (
        ("zhangsan", "李娜本月业绩", "refused"), ("itops", "本月业绩", "refused"), ("chenli", "你好呀天气", "unknown"),
    ):  # fmt: skip
        found = await asked(who, question=question)
        assert (found["status"], found["query"], found["rows"]) == (status, None, [])
    assert (await api.ask("POST", "/ask", {"as": "chenli"})).status == 422


async def test_too_many_questions_wait_a_minute(api: ApiDoor) -> None:
    seen = [(await api.ask("POST", "/ask", {"as": "chenli"})).status for _ in range(PER_MINUTE + 1)]
    assert (seen[0], seen[-1]) == (422, 429)
    api.seconds.s += 61
    assert (await api.ask("POST", "/ask", {"as": "chenli", "question": "本月业绩"})).status == 200


async def test_the_description_holds_it_and_no_secret_does(api: ApiDoor) -> None:
    document = await (await api.client.get("/api/v1/openapi.json")).json()
    OpenAPIV31SpecValidator(document).validate()
    paths = document["paths"]
    assert {"get", "post"} == set(paths["/api/v1/metrics"])
    assert {"/api/v1/metrics/rows", "/api/v1/ask"} <= set(paths)
    shape = document["components"]["schemas"]["QueryIn"]["properties"]
    assert {"from", "to", "as"} <= set(shape)
    whole = await numbers(api, "chenli", metrics=["new_leads"], by=["owner", "source"])
    assert not any(
        secret in json.dumps(whole, ensure_ascii=False) for one in CANARIES.values() for secret in one
    )
