"""Many keys as one parameter: the statement stays the same, and an index finds each of them."""

from __future__ import annotations

import sqlite3

import pytest
from sqlalchemy import select
from sqlalchemy.dialects import sqlite

from bot.store import (
    consents,
    enrollments,
    leads,
    touch_addresses,
    touch_plans,
    touch_suppressions,
    touch_windows,
    users,
)
from bot.store.among import among
from bot.store.statement import Compiler
from bot.store.tables.leads import leads as table
from tests.conftest import NOW
from tests.store.leads_by_hand import put

GIVEN = {
    "those": ["L1", "L2"], "digests": ["d"], "keys": ["k"], "said": ["c"], "of_kind": "email", "at": NOW,
    "first": 1, "last": 9, "but": "",
}  # fmt: skip
ODD = ['L"1', "L'2", "林,3", "L%4"]


async def test_they_are_found_whatever_is_in_them(store, unit):
    """Quotes, commas and signs of patterns are letters; none asked for is none found."""
    found = select(table.c.id).where(among(table.c.id, "those")).order_by(table.c.id)

    async def work(desk):
        for one in [*ODD, "L5"]:
            await put(desk, one)
        return [[row.id for row in await desk.tx.all(found, those=those)] for those in (ODD, [], ["L"])]

    many, none, nobody = await unit(work)
    async with store.read() as tx:
        read = [row.id for row in await tx.all(found, those=ODD)]

    assert (sorted(many), none, nobody) == (sorted(ODD), [], [])
    assert sorted(read) == sorted(ODD)


@pytest.mark.parametrize(
    "statement",
    [
        consents._OWN, consents._OF_MERGED, enrollments._OF_LEADS, leads._LOCK_EACH, leads._ADDRESSES,
        touch_addresses._TIES, touch_addresses._FOLLOWS, touch_addresses._ACCOUNTS, touch_plans._BY_KEYS,
        touch_plans._COUNTS, touch_plans._HAD, touch_suppressions._OF, touch_windows._OPEN,
        touch_windows._GRANTS, users._EACH,
    ],
)  # fmt: skip
def test_nothing_is_walked_through(sqlite_url, statement):
    """Only the parameter itself is read from its beginning to its end."""
    compiled = Compiler(sqlite.dialect(paramstyle="qmark")).of(statement)
    wanted = [name for name, bind in compiled._compiled.binds.items() if bind.required]
    text, values = compiled.bound({name: GIVEN[name] for name in wanted})
    db = sqlite3.connect(sqlite_url.removeprefix("sqlite+aiosqlite:///"))
    plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {text}", values)]
    db.close()

    assert [step for step in plan if step.startswith("SEARCH")], plan
    assert not [step for step in plan if step.startswith("SCAN") and "json_each" not in step], plan
