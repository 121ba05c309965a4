"""Python, both databases and a plain reading agree on what a condition means."""

from __future__ import annotations

from bot.store import open_store
from tests.rules.trees import differences


async def test_every_back_end_says_what_the_reading_says(sqlite_url: str, postgres_url: str):
    """120 random trees of every leaf, over 25 leads; `python -m tests.rules.trees` asks 10,000 over 40."""
    stores = [open_store(url, unit_span=60) for url in (sqlite_url, postgres_url)]
    try:
        assert await differences(stores, trees=120, seed=11, count=25) == []
    finally:
        for store in stores:
            await store.close()
