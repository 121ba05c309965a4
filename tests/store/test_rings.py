"""Whose turn it is."""

from __future__ import annotations

import asyncio
from collections import Counter

from bot.store import rings

RING = ("a", "b", "c")


async def turns(unit, count, available):
    return [await unit(lambda desk: rings.next_of(desk.tx, "new", RING, available)) for _ in range(count)]


async def test_everybody_in_turn(unit):
    """Round and round."""
    assert await turns(unit, 5, {"a", "b", "c"}) == ["a", "b", "c", "a", "b"]


async def test_who_is_away_is_passed_over_and_keeps_his_place(unit):
    """b is away for two turns and then comes after a again."""
    assert await turns(unit, 2, {"a", "c"}) == ["a", "c"]
    assert await turns(unit, 2, {"a", "b", "c"}) == ["a", "b"]


async def test_with_nobody_there_the_ring_stands_still(unit):
    """None, and nobody's turn is lost."""
    assert await turns(unit, 2, {"a", "b", "c"}) == ["a", "b"]
    assert await turns(unit, 1, set()) == [None]
    assert await turns(unit, 1, {"a", "b", "c"}) == ["c"]


async def test_thirty_at_once_share_alike(store):
    """From several writers: ten turns each."""

    async def turn(number):
        return await store.write(
            lambda tx: rings.next_of(tx, "new", RING, set(RING)), lane_key=f"lead:L{number}", within=10
        )

    served = Counter(await asyncio.gather(*map(turn, range(30))))

    assert served == {"a": 10, "b": 10, "c": 10}
