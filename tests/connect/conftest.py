"""The door for form tools and ad platforms, behind a real HTTP server, with the shipped maps."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from aiohttp import ClientResponse, web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from bot.app.parts import connectors
from bot.crm.company import Company
from bot.intake.doors.setup import doors
from bot.kit.ids import RandomBytes
from bot.kit.vault import Vault
from bot.store import Store, open_store
from bot.store.tables.machinery import incidents
from bot.store.tables.people import logins, users
from bot.web.connect import Connect
from bot.web.site import Site

PAYLOADS = Path(__file__).parent / "payloads"
SECRET, KEY = "a-secret-of-this-test-0001", "test-secret"


def payload(door: str) -> bytes:
    """The composed payload of a tool."""
    (path,) = PAYLOADS.glob(f"{door}.*")
    return path.read_bytes().strip()


def jdy_signature(body: bytes, *, nonce: str = "0f5ade", timestamp: str = "1794967200") -> str:
    return hashlib.sha1(f"{nonce}:".encode() + body + f":{SECRET}:{timestamp}".encode()).hexdigest()


@dataclass
class Tools:
    """Every tool's way in, and what is behind it."""

    client: TestClient[web.Request, web.Application]
    site: Site

    async def push(self, door: str, body: bytes, *, secret: str = SECRET, **headers: str) -> ClientResponse:
        kind = "application/json" if body[:1] == b"{" else "application/x-www-form-urlencoded"
        named = {"Content-Type": kind, **{name.replace("_", "-"): value for name, value in headers.items()}}
        query = ""
        if door == "jiandaoyun":
            query = "?nonce=0f5ade&timestamp=1794967200"
            named = {"X-JDY-Signature": jdy_signature(body), **named}
        return await self.client.post(f"/connect/{door}/{secret}{query}", data=body, headers=named)

    async def rows(self, table: Any) -> list[Any]:
        async with self.site.store.read() as tx:
            return await tx.all(select(table))

    async def counted(self) -> dict[tuple[str, str], int]:
        return {(row.name, row.reason): row.n for row in await self.rows(incidents)}

    def with_map(self, door: str, **changes: Any) -> Company:
        """The company with another map of a tool."""
        company = self.site.company
        chart = company.connectors[door]
        form = chart.forms[0].model_copy(update=changes)
        changed = chart.model_copy(update={"forms": (form,)})
        return replace(company, connectors={**company.connectors, door: changed})


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """As elsewhere, but its first units may compile their statements on a busy machine."""
    opened = open_store(database_url, unit_span=10)
    yield opened
    await opened.close()


@pytest.fixture
def opened_company(company: Company) -> Company:
    """With every shipped connector on, under one secret."""
    given = {f"{name}__secret": SECRET for name in connectors()}
    on = doors(
        connectors(), company.connectors, given=given, secrets=["x" * 32], base_url="https://crm.example"
    )
    return replace(company, doors=on)


@pytest.fixture
async def tools(
    store: Store, opened_company: Company, vault: Vault, clock: Any, random_bytes: RandomBytes
) -> AsyncIterator[Tools]:
    site = Site(
        store=store, company=opened_company, vault=vault, clock=clock, random_bytes=random_bytes,
        wake=lambda: None,
    )  # fmt: skip
    app = web.Application()
    app.add_routes(Connect(site, monotonic=lambda: 0.0, per_minute=30).routes())
    async with TestClient(TestServer(app)) as client:
        yield Tools(client, site)


@pytest.fixture
async def admin(store: Store, clock: Any) -> str:
    """Somebody who is told of what fails."""

    async def inside(tx: Any) -> None:
        row = {"id": "root", "name": "管理员", "role": "admin", "region": "", "team": "", "position": ""}
        more = {"active": True, "on_duty": False, "platform": "wecom", "joined_at": clock.now}
        await tx.insert(users, {**row, **more})
        await tx.insert(logins, {"platform": "wecom", "account": "wx-root", "user_id": "root"})

    await store.write(inside, within=10)
    return "wx-root"
