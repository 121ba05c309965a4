"""Coupons when many want the last ones at once, or none is left."""

from __future__ import annotations

import asyncio
from collections import Counter

from sqlalchemy import select

from bot.errors import StoreBusyError
from bot.store import journeys
from bot.store.tables.journeys import journey_coupons
from tests.journeys.walking import DAY, ON_FORM, did, fleet_of


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
        assert await journeys.stocks(tx) == {"新客券": 0}
    assert sorted(row.given_to for row in rows) == sorted(f"journey:x:{n}:1" for n in given)


async def test_an_empty_stock_promises_no_code_of_another(store, company):
    """He used his welcome code; where the next stock is empty, what follows bears none."""
    steps = [{"coupon": "welcome"}, {"touch": "a"}, {"wait": "1天"}, {"coupon": "vip"}, {"touch": "b"}]
    fleet = await fleet_of(store, company, one={"enter": ON_FORM, "steps": steps})
    await fleet.do(lambda desk: journeys.stock_up(desk, "welcome", ["C1"]))
    await did(fleet, "form", "whitepaper")
    await fleet.pass_until(fleet.now + 3 * DAY)
    assert [one.words.get("coupon", "") for one in fleet.asked] == ["C1", ""]
