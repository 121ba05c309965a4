"""A slice of the random questions, on both databases; all of them: `python -m tests.insight.oracle`."""

from __future__ import annotations

import random
from collections import Counter
from datetime import timedelta

import pytest

from bot.crm.company import Company
from bot.crm.metrics.registry import METRICS
from bot.store.reader import open_reader
from tests.insight.oracle.checking import ASKED_AT, ZONES, differences, in_zone
from tests.insight.oracle.companies import Life
from tests.insight.oracle.questions import APART, question
from tests.insight.oracle.truth import Truth
from tests.store.metrics_data import pour


@pytest.mark.parametrize("seed", [3])
async def test_a_slice_of_the_questions_has_no_difference(
    seed: int, database_url: str, company: Company
) -> None:
    """Metrics by dimensions, filters, periods, comparisons and ranks: the program and the truth agree."""
    there = in_zone(company, ZONES[seed % len(ZONES)])
    made = Life(seed, there.org.zone, ASKED_AT, leads=50).make()
    pour(database_url, made)
    reader = open_reader(database_url)

    found = await differences(reader, Truth(made), there, seed=seed, queries=60)

    await reader.close()
    assert found == []


async def test_the_oracle_sees_a_difference(sqlite_url: str, company: Company) -> None:
    """One row more in the database than the truth knows of is found, so that silence means something."""
    there = in_zone(company, ZONES[0])
    made = Life(1, there.org.zone, ASKED_AT, leads=50).make()
    pour(sqlite_url, made)
    truth = Truth(made)
    for deal in truth.deals.values():
        if deal["won"]:
            deal["closed_at"] += timedelta(days=90)
            break
    truth = Truth(made)
    reader = open_reader(sqlite_url)

    found = await differences(reader, truth, there, seed=1, queries=60)

    await reader.close()
    assert found


def test_every_metric_and_dimension_is_asked() -> None:
    """Three hundred questions a company, twenty companies: nothing of the registry is left out."""
    chance = random.Random("questions of 0")
    asked = [question(chance) for _ in range(1500)]
    metrics = Counter(one for query in asked for one in query.metrics)
    cuts = {key for query in asked for key in (*query.by, *query.where)}

    assert set(metrics) == set(METRICS) - APART
    assert min(metrics.values()) >= 8
    assert {
        "owner", "team", "region", "source", "industry", "product", "stage", "channel", "campaign", "tag",
        "lost_reason", "invalid_reason", "lifecycle", "size", "attribution", "idle_days", "day", "week", "month",
        "quarter", "year",
    } == cuts  # fmt: skip
