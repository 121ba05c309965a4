"""Whatever people do with leads, in any order: one owner, a whole history, counters that agree."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from bot.assignment import arrive, claim, reassign, release
from bot.crm.lead import LeadStatus
from bot.crm.pool import HELD
from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.store import lead_status, leads, open_store, ownership, tenures, users
from bot.store.desk import Desk
from bot.store.tables.leads import claims, status_changes
from bot.store.tables.leads import leads as leads_table
from bot.store.tables.machinery import counters
from tests.assignment.conftest import EAST, TEAM, hire
from tests.conftest import NOW

PEOPLE = st.sampled_from(["zhangsan", "lisi", "wangwu"])
LEADS = st.sampled_from(["L1", "L2", "L3"])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("claim"), LEADS, PEOPLE),
        st.tuples(st.just("release"), LEADS, PEOPLE),
        st.tuples(st.just("give"), LEADS, PEOPLE),
        st.tuples(st.just("invalid"), LEADS, PEOPLE),
        st.tuples(st.just("again"), LEADS, PEOPLE),
        st.tuples(st.just("convert"), LEADS, PEOPLE),
        st.tuples(st.just("days"), LEADS, PEOPLE),
    ),
    max_size=14,
)


async def step(desk, what, lead_id, user_id):
    """One thing that somebody does, if he may."""
    lead, user = await leads.get(desk.tx, lead_id), await users.get(desk.tx, user_id)
    owner = await users.find(desk.tx, lead.owner_id) if lead.owner_id else None
    match what:
        case "claim":
            await claim.claim(desk, lead_id, by=user)
        case "release" if owner is not None:
            await release.release(desk, lead, owner=owner, reason="忙不过来")
        case "give" if user.id != lead.owner_id:
            await reassign.reassign(desk, lead, to=user, by=await users.get(desk.tx, "zhaoliu"))
        case "invalid":
            await release.invalidate(desk, lead, by=user, owner=owner, reason="同行")
        case "again":
            await arrive.re_enquire(desk, lead, "还在吗")
        case "convert" if owner is not None:
            await lead_status.convert(desk, lead, account_id="A1", by=owner)


async def check(desk):
    """Everything that must hold at every instant."""
    rows = await desk.tx.all(select(leads_table))
    held = Counter(row.owner_id for row in rows if row.owner_id and row.status in HELD)
    counted = {row.key: row.n for row in await desk.tx.all(select(counters))}
    assert {k.split(":")[1]: n for k, n in counted.items() if k.startswith("holding:") and n} == held
    won = Counter(
        f"claims:{row.pool_id}:{row.user_id}:{row.day}"
        for row in await desk.tx.all(select(claims).where(claims.c.outcome == "won"))
    )
    assert {key: n for key, n in counted.items() if key.startswith("claims:") and n} == won
    for row in rows:
        history = await tenures.of_lead(desk.tx, row.id)
        current = [one for one in history if one.to_at is None]
        if row.status in {*HELD, LeadStatus.CONVERTED}:
            assert [(one.owner_id, one.epoch) for one in current] == [(row.owner_id, row.epoch)]
        else:
            assert current == []
        changes = await desk.tx.all(
            select(status_changes).where(status_changes.c.lead_id == row.id).order_by(status_changes.c.id)
        )
        assert [one.after for one in changes][:-1] == [one.before for one in changes][1:]
        assert changes[-1].after == row.status


@settings(max_examples=25, deadline=None)
@given(steps=STEPS)
def test_any_order_of_doings_keeps_the_books(steps, company, sqlite_template):
    """Claims, returns, hand-overs, closings and comebacks, checked after each one."""

    async def live(path):
        store = open_store(f"sqlite+aiosqlite:///{path}", unit_span=5)
        random_bytes, now = seeded_random_bytes(3), NOW
        vault = Vault(["a secret that is long enough for tests"], random_bytes)

        async def unit(work):
            def inside(tx):
                return work(Desk(tx=tx, company=company, now=now, vault=vault, random_bytes=random_bytes))

            return await store.write(inside, within=30)

        async def begin(desk):
            await hire(desk, *TEAM)
            for lead_id in ("L1", "L2", "L3"):
                known = leads.Particulars(name="林晓", city="上海", region=EAST)
                lead = await leads.create(desk, lead_id, known, leads.Origin(source="官网"), by="system")
                await arrive.arrive(desk, lead, rings=lead_id != "L3")

        await unit(begin)
        for what, lead_id, user_id in steps:
            now += timedelta(days=8) if what == "days" else timedelta(minutes=7)
            await unit(lambda desk, one=(what, lead_id, user_id): step(desk, *one))
            await unit(check)
        await store.close()

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "leadbell.db"
        shutil.copy(sqlite_template, path)
        asyncio.run(live(path))


async def test_a_change_decided_under_an_older_epoch_does_nothing(unit):
    """Two managers at once: the second one's picture is out of date, and he is told so."""

    async def begin(desk):
        await hire(desk, *TEAM)
        known = leads.Particulars(name="林晓", city="上海", region=EAST)
        lead = await leads.create(desk, "L1", known, leads.Origin(source="官网"), by="system")
        return (await arrive.arrive(desk, lead, rings=False)).id

    lead = await unit(begin)
    stale = await unit(lambda desk: leads.get(desk.tx, lead))

    async def take(desk, user_id):
        to = await users.get(desk.tx, user_id)
        return await ownership.take(desk, stale, to=to, how="assigned", by=to)

    assert await unit(lambda desk: take(desk, "zhangsan"))
    assert not await unit(lambda desk: take(desk, "lisi"))
    assert (await unit(lambda desk: leads.get(desk.tx, lead))).owner_id == "zhangsan"
