"""The app on a stand-in for the platform."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.chat.adapter import Adapter
from tests.adapters.wecom.platform import HandMonotonic, Platform, adapter, running


@pytest.fixture
def monotonic() -> HandMonotonic:
    return HandMonotonic()


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with running() as server:
        yield server


@pytest.fixture
async def wecom(platform: Platform, monotonic: HandMonotonic) -> AsyncIterator[Adapter]:
    built = adapter(monotonic, api_base=platform.url)
    yield built
    await built.close()
