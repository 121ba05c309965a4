"""Many rows at once: on both databases what goes in comes out, whatever is in it."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from bot.store import enrollments
from bot.store.enrollments import Row, StepRow
from bot.store.tables.journeys import journey_steps
from bot.store.tables.machinery import outbox
from tests.conftest import NOW

ODD = ('L"1', "L'2", "林,3\n", "L\\x4", "%(rows)s {5} [6]", "\x7f\u2028")


def _message(n, text, **others):
    row = {
        "lane_key": text, "key": text, "platform": "p", "kind": "text", "recipient": text, "topic": "",
        "body": bytes([n, 0, 255, 92]), "created_at": NOW, "due_at": NOW + timedelta(microseconds=n),
        "rank": n, "state": "pending", "attempts": 0, "fence": 0,
    }  # fmt: skip
    return {**row, **others}


async def test_what_goes_in_together_comes_out_as_it_was(unit):
    """Quotes, backslashes, bytes that are no text, moments to the microsecond; and a taken key adds nothing."""
    rows = [_message(n, text) for n, text in enumerate(ODD)]

    async def work(desk):
        await desk.tx.insert_all(outbox, rows[:3])
        await desk.tx.insert_all_new(outbox, [*rows, _message(9, ODD[0]), _message(8, ODD[-1])])
        return await desk.tx.all(select(outbox).order_by(outbox.c.rank))

    found = await unit(work)

    read = [(r.key, r.recipient, bytes(r.body), r.due_at, r.rank) for r in found]
    assert read == [(r["key"], r["recipient"], r["body"], r["due_at"], r["rank"]) for r in rows]


async def test_each_row_is_changed_by_its_own_values(unit):
    """What is empty becomes empty, documents stay documents, and whoever is not named stays as he was."""
    before = [
        Row(f"e{n}", "three", 1, f"L{n}", f"L{n}", NOW, {"words": {"a": text}}, place="a", due_at=NOW)
        for n, text in enumerate(ODD)
    ]
    after = [
        row._replace(place=None, due_at=None, state="done", ended_at=NOW, ended_how="end", n=n,
                     memory={"words": {"b": row.memory["words"]["a"]}})
        for n, row in enumerate(before[1:], 1)
    ]  # fmt: skip
    steps = [StepRow(row.id, row.n, "a", 1, "next", "林'\\", NOW, "three", 1) for row in after]

    async def work(desk):
        for row in before:
            await enrollments.enter(desk.tx, row)
        await enrollments.keep(desk.tx, after, steps)
        await enrollments.keep(desk.tx, [], [])
        logged = await desk.tx.all(select(journey_steps).order_by(journey_steps.c.n))
        return await enrollments.of_leads(desk.tx, [row.lead_id for row in before]), logged

    found, logged = await unit(work)

    assert found == [before[0], *after]
    assert [tuple(row) for row in logged] == [step[:7] for step in steps]
