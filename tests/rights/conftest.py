"""The house of these tests, on SQLite: rights lie above the database."""

from __future__ import annotations

from typing import Any

import pytest

from bot.store import Store
from bot.store.desk import Desk
from tests.rights.house import House, furnished


@pytest.fixture
async def house(lite: Store, company: Any, vault: Any, clock: Any, random_bytes: Any) -> House:
    async def unit(work: Any) -> Any:
        def inside(tx: Any) -> Any:
            return work(Desk(tx=tx, company=company, now=clock.now, vault=vault, random_bytes=random_bytes))

        return await lite.write(inside, within=30)

    return await furnished(unit, clock)
