"""A long queue after an outage: the look for what is to be sent stays one look."""

from __future__ import annotations

import json

import psycopg
import pytest
from psycopg.types.json import set_json_loads
from sqlalchemy import create_engine, insert
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

from bot.store import sending
from bot.store.statement import Compiler
from bot.store.tables.machinery import outbox
from tests.conftest import NOW

WAITING, RECEIVERS = 600, 3
GIVEN = {"now_at": NOW, "until": NOW, "most": 32, "by": "here", "calls": 1}


def _row(n: int) -> dict[str, object]:
    return {
        "lane_key": f"wecom:{n % RECEIVERS}", "key": str(n), "platform": "wecom", "kind": "text",
        "recipient": "r", "body": b"", "topic": "", "created_at": NOW, "due_at": NOW, "rank": 1,
        "state": "pending", "attempts": 0, "fence": 0,
    }  # fmt: skip


def _looked_at(step: dict[str, object]) -> int:
    """Rows that a step of the plan gave or threw away, and all below it."""
    seen = sum(int(str(step.get(key, 0))) for key in ("Actual Rows", "Rows Removed by Filter"))
    below = step.get("Plans", [])
    assert isinstance(below, list)
    return seen * int(str(step["Actual Loops"])) + sum(_looked_at(one) for one in below)


@pytest.mark.postgres
def test_the_look_grows_with_what_waits_and_not_with_its_square(postgres_url):
    """A server back from a crash has no statistics: 4,000 waiting once cost the writer two seconds a look."""
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        connection.execute(insert(outbox), [_row(n) for n in range(WAITING)])
    engine.dispose()
    compiled = Compiler(PGDialect_psycopg()).of(sending._LEASE)
    with psycopg.connect(postgres_url.replace("+psycopg", "")) as db:
        set_json_loads(lambda text: json.loads(text, parse_float=int_of), db)
        words, values = compiled.bound(GIVEN)
        found = db.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {words}".encode(), values).fetchone()

    assert found is not None
    plan = found[0][0]["Plan"]
    assert WAITING <= _looked_at(plan) < 20 * WAITING


def int_of(number: str) -> int:
    """Newer servers give rows as an average with decimals."""
    return round(float(number))
