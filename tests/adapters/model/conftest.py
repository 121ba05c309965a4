from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.adapters.model.server import ModelServer, running


@pytest.fixture
async def server() -> AsyncIterator[ModelServer]:
    """A server that speaks the protocol over real HTTP on this machine."""
    async with running() as made:
        yield made
