"""Follow-ups in the store: sealed, counted for the owner of the moment, the first response measured once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from bot.crm.follow_up import FollowUpKind
from bot.crm.lead import Lead
from bot.store import follow_ups, leads, ownership
from bot.store.desk import Desk
from bot.store.follow_ups import FollowUp
from bot.store.tables.leads import leads as table
from tests.intake.world import HE, LINA, ZHAO, enquire, hire


@pytest.fixture
async def lead(unit: Any) -> Lead:
    """L1, Lina's."""

    async def prepare(desk: Desk) -> Lead:
        await hire(desk)
        found = await enquire(desk)
        if found.owner_id is None:
            assert await ownership.take(desk, found, to=LINA, how="claimed", by=LINA)
        return await leads.get(desk.tx, found.id)

    return await unit(prepare)


async def write(unit: Any, lead_id: str, *, by: Any = LINA, text: str = "已电话") -> FollowUp:
    async def work(desk: Desk) -> FollowUp:
        lead = await leads.get(desk.tx, lead_id)
        return await follow_ups.record(desk, lead, text=text, kind=FollowUpKind.CALL, by=by, owner=LINA)

    return await unit(work)


async def test_it_is_kept_as_it_was_written_and_the_latest_comes_first(unit, lead, clock):
    await write(unit, lead.id, text="第一次")
    clock.push(timedelta(minutes=5))
    await write(unit, lead.id, text="第二次")

    found = await unit(lambda desk: follow_ups.of_lead(desk, lead.id, most=5))

    assert [one.text for one in found] == ["第二次", "第一次"]


async def test_the_lead_remembers_when_it_was_last_followed_up(unit, lead, clock):
    clock.push(timedelta(minutes=5))

    await write(unit, lead.id)

    after = await unit(lambda desk: leads.get(desk.tx, lead.id))
    assert after.last_follow_up_at == clock.now


async def test_lunch_and_nights_are_not_waited(unit, lead, clock):
    """Ten in the morning until ten the next day: a working day of seven and a half hours."""
    clock.push(timedelta(hours=24))

    assert (await write(unit, lead.id)).response_minutes == 450


async def test_only_the_owners_first_answer_counts(unit, lead, clock):
    clock.push(timedelta(minutes=10))

    minutes = [(await write(unit, lead.id, by=who)).response_minutes for who in (HE, ZHAO, LINA, LINA)]

    assert minutes == [None, None, 10, None]


async def test_a_new_enquiry_is_answered_anew(unit, lead, clock):
    clock.push(timedelta(minutes=10))
    await write(unit, lead.id)
    clock.push(timedelta(minutes=30))
    again = update(table).where(table.c.id == lead.id).values(waiting_since=clock.now)
    await unit(lambda desk: desk.tx.run(again))
    clock.push(timedelta(minutes=7))

    assert (await write(unit, lead.id)).response_minutes == 7
