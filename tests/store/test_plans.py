"""What is asked at every look comes from an index of what is open, however much has been sent."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy.dialects import sqlite

from bot.store import gauges, sending
from bot.store.statement import Compiler
from tests.conftest import NOW

GIVEN = {"now_at": NOW, "until": NOW, "most": 32, "by": "here", "calls": 1, "of_lane": "l"}


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (sending._LEASE, "ix_outbox_open"),
        (sending._STUCK, "ix_outbox_open"),
        (sending._OLDEST, "ix_outbox_open"),
        (sending._NEXT, "ix_outbox_open"),
        (gauges._UNSENT, "ix_outbox_open"),
        (gauges._PENDING, "ix_inbox_pending"),
        (gauges._LANES, "ix_lanes_due"),
        (gauges._OVERDUE, "ix_timers_waiting"),
    ],
)
def test_no_look_reads_what_is_done(sqlite_url, statement, index):
    """With 300,000 messages sent, one look of the sender took three seconds of the writer without it."""
    compiled = Compiler(sqlite.dialect(paramstyle="qmark")).of(statement)
    wanted = [name for name, bind in compiled._compiled.binds.items() if bind.required]
    text, values = compiled.bound({name: GIVEN[name] for name in wanted})
    db = sqlite3.connect(sqlite_url.removeprefix("sqlite+aiosqlite:///"))
    plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {text}", values)]
    db.close()

    assert any(index in step for step in plan), plan
    assert not [step for step in plan if step.startswith("SCAN outbox") and index not in step], plan
