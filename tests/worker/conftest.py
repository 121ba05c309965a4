"""A bench with a fake platform, and colleagues who read on it."""

from __future__ import annotations

import pytest

from bot.chat.router import Router
from bot.store.tables.people import logins, users
from bot.worker.bench import Bench
from tests.fakes import FakeAdapter


@pytest.fixture
def platform() -> FakeAdapter:
    return FakeAdapter()


@pytest.fixture
def bench(store, platform, company, vault, clock, random_bytes) -> Bench:
    return Bench(
        store=store,
        adapters={"wecom": platform},
        router=Router(),
        company=company,
        vault=vault,
        clock=clock,
        random_bytes=random_bytes,
        name="test",
    )


@pytest.fixture
async def mei(unit):
    """A colleague who reads on the fake platform."""

    async def hire(desk):
        row = {
            "id": "mei", "name": "梅", "role": "rep", "region": "华东大区", "team": "上海组", "position": "",
            "active": True, "on_duty": True, "platform": "wecom", "joined_at": desk.now,
        }  # fmt: skip
        await desk.tx.insert(users, row)
        await desk.tx.insert(logins, {"platform": "wecom", "account": "mei", "user_id": "mei"})

    await unit(hire)
    return "mei"
