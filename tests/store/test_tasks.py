"""Tasks in the store: one row each, history beside it, the reminder always where it belongs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.crm.task import TaskState
from bot.store import tasks, users
from bot.store.desk import Desk
from bot.store.tables.machinery import timers
from bot.store.tables.sales import task_changes
from tests.intake.world import LINA, ZHAO, hire


@pytest.fixture(autouse=True)
async def team(unit: Any) -> None:
    await unit(hire)


async def give(desk: Desk, **more: Any) -> Any:
    owner = await users.get(desk.tx, "lina")
    due_at = desk.now + timedelta(hours=3)
    return await tasks.add(
        desk, **{"owner": owner, "title": "给王伟回电", "due_at": due_at, "by": "lina", **more}
    )


async def waiting(desk: Desk) -> dict[str, datetime]:
    rows = await desk.tx.all(select(timers).where(timers.c.state == "waiting"))
    return {f"{row.lane_key}/{row.key}": row.due_at for row in rows}


async def test_numbers_go_up_and_titles_are_sealed(unit):
    async def work(desk: Desk) -> None:
        first, second = await give(desk), await give(desk)
        assert (first.id, second.id) == ("T1", "T2")
        assert (await tasks.find(desk, "T1")) == first
        assert (await tasks.find(desk, "T9")) is None
        assert [one.id for one in await tasks.open_of_owner(desk, "lina")] == ["T1", "T2"]

    await unit(work)


async def test_the_reminder_runs_with_the_lead_or_with_the_owner(unit):
    async def work(desk: Desk) -> None:
        await give(desk, lead_id="L7")
        await give(desk)
        assert set(await waiting(desk)) == {"lead:L7/T1", "user:lina/T2"}

    await unit(work)


async def test_putting_off_moves_the_reminder_and_remembers_both_times(unit):
    async def work(desk: Desk) -> None:
        task = await give(desk, lead_id="L7")
        until = desk.now + timedelta(days=1)
        assert await tasks.postpone(desk, task, until=until, whole_day=False, by="lina")
        assert await waiting(desk) == {"lead:L7/T1": until}
        (row,) = await desk.tx.all(select(task_changes))
        assert (row.what, row.before, row.after) == ("postponed", task.due_at.isoformat(), until.isoformat())

    await unit(work)


async def test_what_has_ended_stays_ended(unit):
    async def work(desk: Desk) -> None:
        task = await give(desk)
        assert await tasks.complete(desk, task, by="lina")
        assert not await tasks.complete(desk, task, by="lina")
        assert not await tasks.cancel(desk, task, by="lina", reason="late")
        assert not await tasks.postpone(desk, task, until=desk.now, whole_day=False, by="lina")
        assert not await tasks.hand_over(desk, task, to=ZHAO, by="lina")
        after = await tasks.find(desk, task.id)
        assert after is not None
        assert (after.state, after.done_at) == (TaskState.DONE, desk.now)
        assert await waiting(desk) == {}
        assert len(await desk.tx.all(select(task_changes))) == 1

    await unit(work)


async def test_handing_over_takes_the_reminder_along(unit):
    """Its facts are the new owner's from then on."""

    async def work(desk: Desk) -> None:
        task = await give(desk)
        assert await tasks.hand_over(desk, task, to=ZHAO, by=LINA.id)
        assert set(await waiting(desk)) == {"user:zhao/T1"}
        after = await tasks.find(desk, task.id)
        assert after is not None
        assert after.owner_id == "zhao"

    await unit(work)


async def test_what_was_to_be_done_with_a_lead_goes_or_moves_with_it(unit):
    async def work(desk: Desk) -> None:
        for lead_id in ("L7", "L7", "L8"):
            await give(desk, lead_id=lead_id)
        moved = await tasks.hand_over_of_lead(desk, "L8", to=ZHAO, by="lina")
        gone = await tasks.cancel_of_lead(desk, "L7", by="lina", reason="released")
        assert [(one.id, one.owner_id) for one in moved] == [("T3", "zhao")]
        assert [(one.id, one.state) for one in gone] == [
            ("T1", TaskState.CANCELLED),
            ("T2", TaskState.CANCELLED),
        ]
        assert set(await waiting(desk)) == {"lead:L8/T3"}

    await unit(work)
