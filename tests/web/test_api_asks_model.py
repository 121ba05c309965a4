"""POST /ask reads with the model what the grammar does not, as the chat does, and marks it."""

from __future__ import annotations

from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.insight.ask.texts import BY_MODEL
from bot.web.api.api import Api
from bot.web.site import Site
from tests.adapters.model.server import running
from tests.store.metrics_data import pour
from tests.web.api_door import TOKEN, ApiDoor
from tests.web.conftest import HandMonotonic
from tests.web.pages.insight_world import NOW, world

ODD = "咱们的大钱袋子鼓了没"
QUERY = {"metrics": ["won_amount"], "from": "2026-11-01", "to": "2026-12-01"}


class Model:
    """The client of a model's server, counting nothing."""

    def __init__(self, client: Any) -> None:
        self._client, self.knows_people, self.failures = client, client.knows_people, []

    async def complete(self, system: str, question: str) -> Any:
        return await self._client.complete(system, question)

    async def failed(self, reason: Any) -> None:
        self.failures.append(reason)


@pytest.fixture
async def asked(sqlite_url: str, lite: Any, company: Any, vault: Any, random_bytes: Any) -> Any:
    """`(door, server)`: the API of a company with a model."""
    pour(sqlite_url, world())
    async with running() as server:
        client, seconds, app = server.client(), HandMonotonic(), web.Application()
        site = Site(lite, company, vault, lambda: NOW, random_bytes, wake=lambda: None, model=Model(client))
        app.add_routes(Api(site, TOKEN, monotonic=seconds).routes())
        async with TestClient(TestServer(app)) as http:
            yield ApiDoor(http, site, seconds), server
        await client.close()


async def say(door: ApiDoor, text: str, who: str = "chenli") -> Any:
    answer = await door.ask("POST", "/ask", {"question": text, "as": who})
    assert answer.status == 200
    return await answer.json()


async def test_what_the_grammar_does_not_know_is_read_by_the_model(asked: Any) -> None:
    """With its numbers, and marked; the rights stay those of the asker."""
    door, server = asked
    server.says = QUERY
    said = await say(door, ODD)
    assert said["status"] == "ok"
    assert BY_MODEL in said["reply"]
    assert said["rows"] == [{"won_amount": 240001.0}]
    assert (await say(door, ODD, "zhangsan"))["rows"] == [{"won_amount": 120000.0}]


async def test_what_the_grammar_knows_goes_nowhere(asked: Any) -> None:
    """And an answer of no use leaves the hint."""
    door, server = asked
    assert BY_MODEL not in (await say(door, "本月业绩"))["reply"]
    assert server.asked == []
    assert (await say(door, ODD))["status"] == "unknown"
    assert len(server.asked) == 1
