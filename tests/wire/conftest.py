"""The door of these tests, on SQLite: what is attacked here lies before the database."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.crm.company import Company
from tests.wire.room import Room, room


@pytest.fixture
async def door(sqlite_url: str, company: Company) -> AsyncIterator[Room]:
    async with room(sqlite_url, company=company) as opened:
        yield opened
