"""A house with one colleague and one customer, on each database."""

from __future__ import annotations

import pytest

from tests.touch.house import MEI, House, bench_of, company_of


@pytest.fixture
async def house(store, company, clock, vault, random_bytes) -> House:
    bench, channels = bench_of(store, company_of(company), clock, vault, random_bytes)
    made = House(store, bench, clock, channels)
    await made.hire(MEI)
    await made.lead()
    return made


@pytest.fixture
async def lite_house(lite, company, clock, vault, random_bytes) -> House:
    """On SQLite alone, for what cannot differ."""
    bench, channels = bench_of(lite, company_of(company), clock, vault, random_bytes)
    made = House(lite, bench, clock, channels)
    await made.hire(MEI)
    await made.lead()
    return made
