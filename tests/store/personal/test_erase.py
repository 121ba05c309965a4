"""Erasing one person: nothing of him is left, what counted counts, nobody writes to him again."""

from __future__ import annotations

import base64
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.crm.lead import LeadStatus
from bot.crm.touching import NotSent, Refusal
from bot.store import consents, leads, touch_plans
from bot.store.audit_verify import verify
from bot.store.metrics.rollup_facts import work_out
from bot.store.metrics.rollup_series import BOOKS
from bot.store.personal import erase
from bot.store.personal.register import MENTIONS, TIES
from bot.store.tables import METADATA
from bot.store.tables.behaviour import form_views
from bot.store.tables.imports import import_effects, import_files
from bot.store.tables.journeys import journey_enrollments
from bot.store.tables.machinery import audit
from bot.store.tables.outside import webhook_deliveries
from bot.store.tables.privacy import erasures
from bot.store.tables.sales import opportunities, payments, tasks
from bot.store.tables.touch import touch_plans as plans_table
from bot.store.tables.touch import touch_suppressions as closed
from bot.touch.request import request
from tests.intake.world import enquire
from tests.store.personal.conftest import ADMIN
from tests.store.personal.life import CANARIES, EMAIL, NAME, OTHER, PHONE
from tests.store.rollups_kit import WHOLE
from tests.touch.house import AGREES, intent


async def whole_database(unit, vault):
    """Every cell of every table, sealed ones opened, as text."""
    seals: dict = {}
    for one in (*TIES, *MENTIONS):
        seals.setdefault(one.table.name, {}).update(one.seals)

    async def read(desk):
        found = []
        for table in METADATA.sorted_tables:
            for row in await desk.tx.all(select(table)):
                cells = {str(column.name): row[n] for n, column in enumerate(table.columns)}
                for name, value in cells.items():
                    seal, text = seals.get(table.name, {}).get(name), str(value)
                    if seal is not None and value is not None:
                        kept = base64.b64decode(value) if seal.is_spelled else bytes(value)
                        text = vault.open(kept, seal.at(cells)).decode()
                    found.append((f"{table.name}.{name}", text))
        return found

    return await unit(read)


#: His open task is called off, as any other is: what is to be done is no count of the past.
TO_BE_DONE = "due"


def names(cells):
    return sorted({f"{where}: {one}" for where, text in cells for one in CANARIES if one in text})


async def test_nothing_of_him_is_left(unit, vault, lead_id, erased):
    """Not in his rows, not in what others wrote, sealed or not; he was in thirty columns before."""
    await unit(lambda desk: enquire(desk, **OTHER))
    before = {one.partition(":")[0] for one in names(await whole_database(unit, vault))}
    await erased(lead_id, reason=f"{NAME}本人来信")
    cells = await whole_database(unit, vault)

    assert len(before) >= 30
    assert names(cells) == []
    assert any("孙立人" in text for _, text in cells)


def in_files(file):
    """The database and its journal, byte by byte."""
    return file.read_bytes() + file.with_name(f"{file.name}-wal").read_bytes()


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_nothing_of_him_is_in_the_files(sqlite_url, store, unit, lead_id, erased):
    """Not in the database file, nor in its journal, once that was brought in; PostgreSQL's are the server's."""
    await erased(lead_id)
    await store.tidy()
    left = in_files(Path(sqlite_url.partition("///")[2]))

    assert [one for one in CANARIES if one.encode() in left] == []


async def test_what_counted_counts(unit, lead_id, erased):
    """Leads, deals and money by every cut; only his words are gone."""

    async def sums(desk):
        paid = await desk.tx.all(select(func.sum(payments.c.amount), func.count()))
        won = await desk.tx.all(
            select(opportunities.c.amount, opportunities.c.won, opportunities.c.account_id)
        )
        seen = await desk.tx.all(select(func.count(form_views.c.visitor.distinct())))
        lead = await leads.get(desk.tx, lead_id)
        cut = (lead.source, lead.region, lead.form, lead.created_at, lead.lifecycle, lead.score)
        return list(map(tuple, (*paid, *won, *seen))), cut

    before = await unit(sums)
    await erased(lead_id)

    assert await unit(sums) == before


async def test_no_kept_sum_changes(store, company, clock, lead_id, erased):
    """Every series of every book, day by day, as the facts give it before and after."""

    now = clock.push(timedelta(days=1))

    async def sums():
        async with store.read() as tx:
            return {
                (book.id, day, key): cell
                for book in BOOKS
                if book.id != TO_BE_DONE
                for day, cells in (await work_out(tx, book, company, WHOLE, now=now)).days.items()
                for key, cell in cells.items()
            }

    before = await sums()
    await erased(lead_id)

    assert len(before) > 30
    assert await sums() == before


async def test_everything_stops_at_once(unit, lead_id):
    """With the first commit: journeys, tasks, messages that wait, what other systems were to hear."""
    await unit(lambda desk: erase.begin(desk, lead_id, by=ADMIN, reason="本人要求"))

    async def look(desk):
        way = (await desk.tx.all(select(journey_enrollments)))[0]
        return (
            (way.state, way.ended_how),
            {row.state for row in await desk.tx.all(select(tasks.c.state))},
            {row.state for row in await desk.tx.all(select(plans_table.c.state))} & {"planned", "leased"},
            {row.state for row in await desk.tx.all(select(webhook_deliveries.c.state))},
            (await leads.get(desk.tx, lead_id)).status,
            len(await desk.tx.all(select(import_files))) + len(await desk.tx.all(select(import_effects))),
        )

    assert await unit(look) == (
        ("done", "erased"), {"cancelled"}, set(), {"skipped"}, LeadStatus.ERASED, 0,
    )  # fmt: skip


async def test_nobody_writes_to_him_again(unit, lead_id, erased):
    """Neither by his old number here, nor when somebody enters the same phone anew; without keeping it."""
    await erased(lead_id)
    told = await unit(lambda desk: request(desk, intent("k9", lead_id)))
    again = await unit(lambda desk: enquire(desk, name="某人", phone=PHONE, email=EMAIL, company="x"))
    await unit(lambda desk: consents.record(desk, again.id, AGREES))
    said = await unit(lambda desk: request(desk, intent("k10", again.id)))
    kept = await unit(lambda desk: desk.tx.all(select(closed.c.reason)))

    assert isinstance(told, NotSent)
    assert told.reason is Refusal.GONE
    assert again.id != lead_id
    assert isinstance(said, NotSent)
    assert said.reason is Refusal.SUPPRESSED
    assert {row.reason for row in kept} == {"erased"}


async def test_who_comes_by_himself_and_agrees_is_welcome(unit, lead_id, erased):
    """His own form opens the number and the address that stand on it, and only with his consent."""
    await erased(lead_id)

    async def opened(desk):
        return sorted(one.kind for one in await desk.tx.all(select(closed)) if one.lifted_at is not None)

    await unit(lambda desk: enquire(desk, name=NAME, phone=PHONE, email=EMAIL))
    silent = await unit(opened)
    await unit(lambda desk: enquire(desk, name=NAME, phone=PHONE, email=EMAIL, consent="true"))

    assert (silent, await unit(opened)) == ([], ["email", "phone"])


async def test_twice_is_once(unit, lead_id, erased):
    """Asked again it says so, and changes nothing."""
    await erased(lead_id)
    rows = await unit(lambda desk: desk.tx.all(select(erasures)))

    assert await erased(lead_id) is erase.Refused.ALREADY
    assert await unit(lambda desk: desk.tx.all(select(erasures))) == rows
    assert await erased("L987") is erase.Refused.NOBODY


async def test_the_audit_chain_stays_whole(store, unit, vault, lead_id, erased):
    """Rows about him stay, and say who did it."""
    await erased(lead_id)
    async with store.read() as tx:
        verdict = await verify(tx, vault)
    rows = await unit(lambda desk: desk.tx.all(select(audit).where(audit.c.action.like("person.%"))))

    assert verdict.whole
    assert [(row.action, row.actor, row.object) for row in rows] == [
        ("person.erased", ADMIN.id, f"lead:{lead_id}"),
        ("person.forgotten", "system", f"lead:{lead_id}"),
    ]


async def test_a_namesake_keeps_his_name(unit, vault, lead_id, erased):
    """Who is called the same is another man: what is written of him stays written."""
    other = await unit(lambda desk: enquire(desk, **{**OTHER, "name": NAME}))
    await erased(lead_id)
    told = [one for one in names(await whole_database(unit, vault)) if not one.endswith(NAME)]

    assert (await unit(lambda desk: leads.get(desk.tx, other.id))).name == NAME
    assert told == []


async def test_what_was_reserved_is_skipped_and_said(unit, lead_id, erased):
    """A message that was planned ends as not sent, with the reason."""
    before = await unit(lambda desk: touch_plans.of_lead(desk.tx, lead_id, most=10))
    await erased(lead_id)
    found = await unit(lambda desk: touch_plans.of_lead(desk.tx, lead_id, most=10))

    assert [one.state.value for one in before] == ["planned"]
    assert [(one.state.value, one.reason) for one in found] == [("skipped", "gone")]
