"""After a backup is restored nothing that may have gone meanwhile goes again."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.crm.touching import TouchState
from bot.store import open_store, touch_plans
from bot.store.desk import Desk
from bot.store.reader import open_reader
from bot.store.restore import restore
from bot.store.touch_plans import Plan
from tests.conftest import NOW
from tests.store.backups import job, take


@pytest.mark.parametrize(("moved", "now_is"), [(False, TouchState.UNKNOWN), (True, TouchState.PLANNED)])
async def test_what_was_due_meanwhile_is_held(
    sqlite_url, tmp_path, vault, company, random_bytes, moved, now_is
):
    """Due an hour after the backup, restored six hours after it; what is due tomorrow still goes."""
    store = open_store(sqlite_url)

    async def unit(tx):
        desk = Desk(tx=tx, company=company, now=NOW, vault=vault, random_bytes=random_bytes)
        for key, hours in (("soon", 1), ("tomorrow", 24)):
            plan = Plan(
                id=key, key=key, lead_id="L1", purpose="marketing", content="news", way="email.marketing",
                channel="email", state=TouchState.PLANNED, decided_at=NOW,
                due_at=NOW + timedelta(hours=hours),
            )  # fmt: skip
            assert await touch_plans.add(desk, plan)

    await store.write(unit, within=10)
    await store.close()
    take(sqlite_url, tmp_path / "b.zip", vault)
    await restore(
        job(sqlite_url, tmp_path / "b.zip", vault, after=timedelta(hours=6), force=True, moved=moved)
    )

    reader = open_reader(sqlite_url)
    async with reader.read() as tx:
        found = {key: (await touch_plans.find_key(tx, key)) for key in ("soon", "tomorrow")}
    await reader.close()
    assert {key: one.state for key, one in found.items() if one} == {
        "soon": now_is, "tomorrow": TouchState.PLANNED,
    }  # fmt: skip
