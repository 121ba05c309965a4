"""Coupons when many want the last ones at once."""

from __future__ import annotations

import asyncio
from collections import Counter

from sqlalchemy import select

from bot.errors import StoreBusyError
from bot.store import journeys
from bot.store.tables.journeys import journey_coupons
from tests.journeys.walking import fleet_of


async def test_each_is_given_once_and_never_more_than_there_are(store, company):
    """Sixteen want five, each asks twice: five have one each, and asked again they have the same."""
    fleet = await fleet_of(store, company)
    await fleet.do(lambda desk: journeys.stock_up(desk, "新客券", [f"C{n}" for n in (1, 2, 3, 4, 5, 1)]))

    async def want(n: int) -> tuple[int, str]:
        for _ in range(9):
            try:
                return n, await fleet.do(lambda desk: journeys.coupon(desk, "新客券", f"journey:x:{n}:1"))
            except StoreBusyError:
                continue
        raise AssertionError

    found = await asyncio.gather(*(want(n % 16) for n in range(32)))
    given = {n: code for n, code in found if code}
    later = dict([await want(n) for n in range(16)])

    assert all(code in {"", given.get(n)} for n, code in found)
    assert sorted(later[n] for n in given) == ["C1", "C2", "C3", "C4", "C5"]
    assert Counter(later.values())[""] == 11
    async with store.read() as tx:
        rows = await tx.all(select(journey_coupons))
        assert await journeys.stocks(tx) == {}
    assert sorted(row.given_to for row in rows) == sorted(f"journey:x:{n}:1" for n in given)
