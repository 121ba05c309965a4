"""A store whose first units may compile their statements on a busy machine."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.store import Store, open_store


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = open_store(database_url, unit_span=10)
    yield opened
    await opened.close()
