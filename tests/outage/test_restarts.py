"""PostgreSQL dies under load and comes back: whoever was thanked is there, each effect once, by itself."""

from __future__ import annotations

import sys

import orjson
import pytest

from tests.outage.restarts import outage

RESTARTS = 3


@pytest.mark.postgres
@pytest.mark.timeout(0)
async def test_a_database_that_dies_again_and_again_loses_nothing_and_repeats_nothing(capsys):
    found = await outage(RESTARTS)
    with capsys.disabled():
        sys.stdout.write(f"\nPostgreSQL restarted: {orjson.dumps(found.document()).decode()}\n")

    assert found.breaches == []
    assert found.restarts == len(found.recoveries) == RESTARTS
    assert found.messages > RESTARTS
    assert found.forms > RESTARTS
