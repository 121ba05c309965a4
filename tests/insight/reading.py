"""A reader that is closed whatever happens."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bot.store.reader import Reader


@asynccontextmanager
async def closing(reader: Reader) -> AsyncIterator[Reader]:
    """Close it at the end."""
    try:
        yield reader
    finally:
        await reader.close()
