"""The forms and pages of the shipped company, behind a real HTTP server."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer

from bot.crm.company import Company
from bot.kit.ids import RandomBytes
from bot.kit.vault import Vault
from bot.store import Store, open_store
from bot.store.tables.people import logins, users
from bot.web.forms import Forms
from bot.web.pages.landing import Landing
from bot.web.pages.thanks import Thanks
from bot.web.site import Site


class HandMonotonic:
    """Seconds that pass when told to."""

    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


@dataclass
class Door:
    """A visitor's way in, and what is behind it."""

    client: TestClient[web.Request, web.Application]
    site: Site
    seconds: HandMonotonic
    woken: list[None] = field(default_factory=list)

    async def post(self, form: str, fields: dict[str, Any], **headers: str) -> ClientResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return await self.client.post(f"/forms/{form}", json=fields, headers=named)

    async def send_page(self, form: str, fields: dict[str, str]) -> ClientResponse:
        """As a browser sends a page's form."""
        return await self.client.post(
            f"/forms/{form}",
            data=fields,
            headers={"Accept": "text/html,application/xhtml+xml"},
            allow_redirects=False,
        )

    async def rows(self, statement: Any) -> list[Any]:
        async with self.site.store.read() as tx:
            return await tx.all(statement)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """As elsewhere, but its first units may compile their statements on a busy machine."""
    opened = open_store(database_url, unit_span=10)
    yield opened
    await opened.close()


@pytest.fixture
async def door(
    store: Store, company: Company, vault: Vault, clock: Any, random_bytes: RandomBytes
) -> AsyncIterator[Door]:
    seconds, woken = HandMonotonic(), []
    site = Site(
        store=store,
        company=company,
        vault=vault,
        clock=clock,
        random_bytes=random_bytes,
        wake=lambda: woken.append(None),
        contact_platform="wecom",
    )
    app = web.Application()
    for part in (Forms(site, monotonic=seconds), Landing(site, monotonic=seconds), Thanks(site)):
        app.add_routes(part.routes())
    async with TestClient(TestServer(app)) as client:
        yield Door(client, site, seconds, woken)


@pytest.fixture
def hire(unit: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[None]]:
    """Put a colleague into the address book: `await hire("lina", region="华东大区")`."""

    async def put(user_id: str, *, name: str = "", region: str = "华东大区", role: str = "rep") -> None:
        async def inside(desk: Any) -> None:
            row = {"id": user_id, "name": name or user_id, "role": role, "region": region, "team": "上海组"}
            more = {"position": "", "active": True, "on_duty": True, "platform": "wecom"}
            await desk.tx.insert(users, {**row, **more, "joined_at": desk.now})
            login = {"platform": "wecom", "account": f"wx-{user_id}", "user_id": user_id}
            await desk.tx.insert(logins, login)

        await unit(inside)

    return put
