"""Many at once, over all writers: the unique keys decide who is new."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from bot.kit.ids import seeded_random_bytes
from bot.store import Store, open_store
from bot.store.desk import Desk
from bot.store.tables.leads import lead_keys, submissions
from bot.store.tables.leads import leads as leads_table
from tests.intake.world import enquire, hire

WARM = 8


@pytest.fixture
async def patient(database_url: str) -> AsyncIterator[Store]:
    """A store in which a unit may wait for others as long as it takes."""
    opened = open_store(database_url, unit_span=60)
    yield opened
    await opened.close()


async def race(store: Any, company: Any, vault: Any, clock: Any, people: list[dict[str, str]]) -> list[str]:
    """All at once, each in a lane of its own, so that nothing but the keys stands between them."""

    async def one(n: int, fields: dict[str, str]) -> str:
        def inside(tx: Any) -> Any:
            return enquire(Desk(tx, company, clock.now, vault, seeded_random_bytes(n)), **fields)

        lead = await store.write(inside, lane_key=f"race:{n}", within=30)
        return str(lead.id)

    await store.write(lambda tx: hire(Desk(tx, company, clock.now, vault, seeded_random_bytes(0))), within=30)
    # Each writer compiles its statements once; without it they would wait for each other's compiling.
    for n in range(WARM):
        await one(1000 + n, {"phone": f"1350000{n:04}"})
    return await asyncio.gather(*(one(n, fields) for n, fields in enumerate(people)))


async def test_fifty_people_and_their_twins_at_once(patient, company, vault, clock) -> None:
    """Each phone four times, with other e-mails, over all writers: a lead for each phone, made once."""
    people = [
        {"phone": f"1391234{n:04}", "email": f"p{n}-{twin}@x.cn"} for twin in range(4) for n in range(50)
    ]

    found = await race(patient, company, vault, clock, people)

    by_phone = {phone: set() for phone in {one["phone"] for one in people}}
    for one, lead in zip(people, found, strict=True):
        by_phone[one["phone"]].add(lead)
    assert all(len(several) == 1 for several in by_phone.values())
    assert len(set(found)) == 50

    async with patient.read() as tx:
        kinds = [row.kind for row in await tx.all(select(submissions.c.kind))]
    assert (kinds.count("created") - WARM, kinds.count("re_enquiry")) == (50, 150)


async def test_chains_of_keys_at_once_leave_no_key_without_its_lead(patient, company, vault, clock) -> None:
    """Phone of one and e-mail of the next, all at once: who comes first is chance, that all agree is not."""
    people = [{"phone": f"1381234{n % 6:04}", "email": f"chain{(n + n // 6) % 6}@x.cn"} for n in range(24)]

    found = await race(patient, company, vault, clock, people)

    async with patient.read() as tx:
        ids = {row.id for row in await tx.all(select(leads_table.c.id))}
        keys = await tx.all(select(lead_keys))
        created = await tx.all(select(submissions.c.lead_id).where(submissions.c.kind == "created"))
    assert {key.lead_id for key in keys} == ids
    assert set(found) <= ids
    assert sorted(row.lead_id for row in created) == sorted(ids)
