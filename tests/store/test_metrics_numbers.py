"""Every number of the registry equals the same number worked out in plain Python, on both databases."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Any

import pytest

from bot.crm.company import Company
from bot.crm.metrics.metric import Kind
from bot.crm.metrics.registry import METRICS
from bot.crm.query import Period, Query
from bot.crm.user import Role, User
from bot.store.metrics import costs
from bot.store.metrics.guard import permit
from bot.store.metrics.read import funnel, read
from bot.store.metrics.registry import COMPOSED, MEASURES
from bot.store.reader import Reader, open_reader
from tests.insight.oracle.companies import CHANNELS, TAGS, Life
from tests.insight.oracle.truth import Truth
from tests.store.metrics_data import REGIONS, SOURCES, Made, pour

BOSS = User(id="boss", name="陈总", role=Role.EXECUTIVE, region="", team="")
ASKED_AT = datetime(2026, 11, 18, 2, 0, tzinfo=timezone.utc)
ZONES = ("Asia/Shanghai", "America/New_York", "Asia/Kolkata", "Pacific/Chatham")
UNITS = ("day", "week", "month", "quarter", "year")
NUMBERS = [*(key for key in MEASURES if key != "funnel"), *sorted(COMPOSED - {"quota_attainment"})]


_COSTS = ("channel_cost", "cost_per_lead")


def in_zone(company: Company, zone: str) -> Company:
    """The shipped company somewhere else, with a field of its own."""
    size = company.fields.custom[0].model_copy(update={"key": "size", "label": "规模"})
    fields = company.fields.model_copy(update={"fields": (*company.fields.fields, size)})
    return replace(company, org=company.org.model_copy(update={"timezone": zone}), fields=fields)


@pytest.fixture
async def made(seed: int, database_url: str, company: Company) -> AsyncIterator[Any]:
    """A company from a seed, in the database, and the means to read it."""
    where = in_zone(company, ZONES[seed % len(ZONES)])
    rows = Life(seed, where.org.zone, ASKED_AT, leads=0 if seed == 19 else 60).make()
    pour(database_url, rows)
    reader = open_reader(database_url)
    yield seed, where, rows, reader
    await reader.close()


def questions(seed: int, metric_id: str) -> list[Query]:
    """Some ways to ask for a metric: alone, cut, filtered, both; over months, days and years."""
    chance, metric = random.Random(f"{seed}:{metric_id}"), METRICS[metric_id]
    dims = sorted(key.value for key in metric.dimensions)
    if metric_id in {"pool_leads", "unassigned_leads"}:
        dims.remove("team")
    if metric.takes("size"):
        dims.append("size")
    units = [unit for unit in UNITS if metric.takes(unit)]
    values = {
        "region": tuple(REGIONS),
        "source": SOURCES,
        "owner": ("u0", "u1", "u4"),
        "team": ("上海组", "深圳组"),
        "tag": TAGS,
        "channel": CHANNELS,
    }
    filters = {key: (value[0], value[-1]) for key, value in values.items() if key in dims}
    key = chance.choice(sorted(filters))
    cuts: list[tuple[str, ...]] = [
        (),
        *((dim,) for dim in chance.sample(dims, 2)),
        (chance.choice(dims), key),
    ]
    cuts += [(unit,) for unit in chance.sample(units, min(2, len(units)))]
    cuts += [(chance.choice(dims), unit) for unit in units[:1]]
    asked = []
    for at, by in enumerate(dict.fromkeys(cuts), chance.randrange(2)):
        where: dict[str, tuple[Any, ...]] = {key: filters[key]} if at % 2 else {}
        if metric_id == "stale_leads" and at % 3 == 0:
            where["idle_days"] = (chance.choice((1, 7, 30)),)
        asked.append(
            Query(
                metrics=(metric_id,), by=by, where=where, period=None if metric.is_snapshot else span(chance)
            )
        )
    return asked


def span(chance: random.Random) -> Period:
    """A month, any days, a year, or a day on which nothing was."""
    begins = date(2026, chance.randrange(1, 12), 1)
    day = date(2026, 1, 1) + timedelta(days=chance.randrange(300))
    return chance.choice(
        (
            Period(begins, begins.replace(month=begins.month + 1)),
            Period(day, day + timedelta(days=chance.randrange(1, 60))),
            Period(date(2026, 1, 1), date(2027, 1, 1)),
            Period(date(2025, 10, 1), date(2026, 12, 1)),
            Period(date(2019, 1, 1), date(2019, 1, 2)),
        )
    )


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 19])
async def test_every_metric_equals_the_plain_computation(made: tuple[int, Company, Made, Reader]) -> None:
    """For each metric, cut and filtered in many ways, the registry gives exactly the oracle's numbers."""
    seed, company, rows, reader = made
    oracle = Truth(rows)
    async with reader.read() as tx:
        for metric_id in NUMBERS:
            for query in questions(seed, metric_id):
                allowed = await permit(tx, query, BOSS, company)
                found = await read(tx, allowed, metric_id, query.period, now=ASKED_AT)
                period = (query.period.begins, query.period.ends) if query.period else None
                expected = oracle.answer(metric_id, query.by, dict(query.where), period)
                numbers = {key: exact(one.value) for key, one in found.items()}
                if metric_id in _COSTS and query.period:
                    # Sums alone do not tell nought from never entered: whoever answers asks that beside them.
                    known = await costs.entered(tx, allowed, query.period, now=ASKED_AT)
                    numbers = {key: one if key in known else None for key, one in numbers.items()}
                assert numbers == {key: exact(value) for key, value in expected.items()}, query


@pytest.mark.parametrize("seed", range(3))
async def test_the_funnel_equals_the_plain_computation(made: tuple[int, Company, Made, Reader]) -> None:
    """Each step holds the leads that came this far or further."""
    _, company, rows, reader = made
    oracle = Truth(rows)
    period = Period(date(2026, 1, 1), date(2027, 1, 1))
    async with reader.read() as tx:
        for by in ((), ("source",), ("region",), ("month",)):
            query = Query(metrics=("funnel",), by=by, period=period)
            found = await funnel(tx, await permit(tx, query, BOSS, company), period, now=ASKED_AT)
            piles = oracle.piles(
                oracle.leads_at("created_at", oracle.reached), by, {}, (period.begins, period.ends)
            )
            piles = piles if by else {(): [], **piles}
            assert found == {
                key: tuple(sum(step >= at for step in pile) for at in range(6)) for key, pile in piles.items()
            }


@pytest.mark.parametrize("seed", range(2))
async def test_attainment_is_won_amount_over_the_target(made: tuple[int, Company, Made, Reader]) -> None:
    """The target is one's own, else the sum of those below; of a part of a month by its days."""
    seed, company, rows, reader = made
    oracle = Truth(rows)
    whose = (
        {}, {"owner": ("u0",)}, {"owner": ("u0", "u1")}, {"team": ("上海组",)}, {"region": ("华南大区",)},
        {"region": ("华东大区",)},
    )  # fmt: skip
    spans = (
        Period(date(2026, 4, 1), date(2026, 5, 1)),
        Period(date(2026, 1, 1), date(2026, 11, 1)),
        Period(date(2026, 2, 9), date(2026, 10, 12)),
        Period(date(2026, 9, 7), date(2026, 9, 14)),
    )
    known = 0
    async with reader.read() as tx:
        cuts = ((), ("owner",), ("month",), ("week",), ("day", "team"))
        for period, where, by in random.Random(seed).sample(list(product(spans, whose, cuts)), 20):
            query = Query(metrics=("quota_attainment",), by=by, where=where, period=period)
            found = await read(
                tx, await permit(tx, query, BOSS, company), "quota_attainment", period, now=ASKED_AT
            )
            expected = oracle.attained(by, dict(where), (period.begins, period.ends))
            assert {key: exact(found[key].value) for key in expected} == expected, query
            known += sum(value is not None for value in expected.values())
    assert known > 5


def exact(value: Any) -> Fraction | None:
    """As a fraction, so that nothing is hidden by rounding."""
    return None if value is None else Fraction(Decimal(value) if isinstance(value, int) else value)


def test_every_metric_is_either_computed_or_named_as_not_recorded() -> None:
    """Nothing of the registry is silently left out."""
    from bot.store.metrics.registry import is_recorded, unrecorded

    assert {key for key in METRICS if is_recorded(key)} | set(unrecorded()) == set(METRICS)
    assert set(unrecorded()) <= {"forecast_amount"}
    assert all(METRICS[key].kind is not Kind.SNAPSHOT for key in unrecorded())
