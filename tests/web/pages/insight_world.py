"""A company with numbers behind the pages that show them, and somebody who opens what he is sent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from bot.chat import insight_links
from bot.chat.insight_links import NumbersLink
from bot.crm.query import Query
from bot.insight.boards.board import Span, period_of
from bot.kit.vault import Vault
from bot.store import Store
from bot.web.pages.insight import InsightPages
from bot.web.site import Site
from tests.insight.small_company import BY_ID, NOW, ZONE, small_company
from tests.store.metrics_data import Made

#: Of each lead: what no stranger may read.
CANARIES = {f"L{n}": (f"欧阳金丝{n}号", f"金丝雀{n}科技", f"139****00{n}7") for n in range(1, 7)}
OWNERS = {"L1": "zhangsan", "L2": "lina", "L3": "chenchen", "L5": "zhangsan", "L6": "zhangsan"}
MONTH = period_of(Span.MONTH, NOW.astimezone(ZONE).date())


def world() -> Made:
    """The small company with names, numbers and a hostile one among them."""
    made = small_company()
    for row in made["leads"]:
        row["name"], row["company"], row["phone_masked"] = CANARIES[row["id"]]
    for row in made["opportunities"]:
        row["name"] = f"=cmd|' /C calc'!{row['id']}"
        made.put(
            "accounts", id=row["account_id"], name=f"@客户{row['id']}", name_key=row["id"], industry="软件",
            city="上海", owner_id=row["owner_id"], created_at=row["created_at"],
        )  # fmt: skip
    return made


@dataclass
class Reader:
    """A browser, and the clock and the keys behind the pages."""

    client: TestClient[Any, Any]
    site: Site
    clock: Any
    seconds: Any

    def path(self, who: str, query: Query | None = None, *, at: datetime | None = None) -> str:
        question = "" if query is None else orjson.dumps(query.to_json()).decode()
        link = NumbersLink(who, at or self.clock.now, question)
        return f"{link.path}{insight_links.spell(self.site.vault, link)}"

    async def opens(self, path: str, more: str = "") -> tuple[int, str]:
        """Look, press if he is asked to, read; a look alone shows nothing."""
        answer = await self.client.get(path + more)
        text = await answer.text()
        if answer.status == 200 and '<form method="post">' in text:
            answer = await self.client.post(path)
            if more and answer.status == 200:
                answer = await self.client.get(path + more)
            text = await answer.text()
        return answer.status, text

    def forget(self) -> None:
        """Another browser."""
        self.client.session.cookie_jar.clear()


class Clock:
    """Stands at the moment of the small company."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def push(self, span: timedelta) -> None:
        self.now += span


def reader_of(
    store: Store, company: Any, vault: Vault, random_bytes: Any, seconds: Any, **more: int
) -> Reader:
    """The pages of this store, not yet opened."""
    clock = Clock()
    site = Site(store, company, vault, clock, random_bytes, wake=lambda: None)
    app = web.Application()
    app.add_routes(InsightPages(site, monotonic=seconds, **more).routes())
    return Reader(TestClient(TestServer(app)), site, clock, seconds)


def tiles(page: str) -> dict[str, str]:
    """What a dashboard says of each metric."""
    found = re.findall(r'data-metric="(\w+)">.*?<p class="value[^"]*">([^<]*)</p>', page, re.DOTALL)
    return dict(found)


def told(page: str) -> set[str]:
    """The leads whose name, firm or number stands in a page."""
    return {lead for lead, secrets in CANARIES.items() if any(secret in page for secret in secrets)}


__all__ = ["BY_ID", "CANARIES", "MONTH", "NOW", "OWNERS", "Reader", "reader_of", "tiles", "told", "world"]
