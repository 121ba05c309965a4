"""The app on a stand-in for the platform."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from bot.chat.adapter import Adapter
from tests.adapters.dingtalk.platform import HandMonotonic, Platform, adapter, running


@pytest.fixture
def monotonic() -> HandMonotonic:
    return HandMonotonic()


@pytest.fixture
async def platform() -> AsyncIterator[Platform]:
    async with running() as server:
        yield server


@pytest.fixture
async def build(platform: Platform, monotonic: HandMonotonic) -> AsyncIterator[Callable[..., Adapter]]:
    """Make an app of these settings; all are closed at the end."""
    made: list[Adapter] = []

    def make(**changes: Any) -> Adapter:
        made.append(adapter(monotonic, **{"api_base": platform.url, "oapi_base": platform.url, **changes}))
        return made[-1]

    yield make
    for one in made:
        await one.close()
