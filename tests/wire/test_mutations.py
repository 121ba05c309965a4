"""Genuine deliveries bent by chance, near twins and repeats: the slice that runs every time."""

from __future__ import annotations

from sqlalchemy import select

from bot.store.tables.machinery import outbox
from tests.wire import campaign
from tests.wire.mutations import KINDS, mutant
from tests.wire.repeats import TWINS, repeats, twins
from tests.wire.room import Room

MUTATIONS, PAIRS, REPEATS = 5000, 1000, 1000


async def test_no_bent_delivery_gets_in(door: Room):
    """Each is refused with the one empty 401, or is what was signed; `python -m tests.wire` runs more."""
    report = await campaign.run(door, range(MUTATIONS))

    assert report.failures == []
    assert report.n == MUTATIONS
    assert set(report.by_kind) == KINDS
    assert (
        min(report.refused, report.of_http, report.answered, report.let_in, report.echoed, report.over_tcp)
        > 0
    )


async def test_what_once_got_in_stays_out(door: Room):
    """Every request that a campaign ever found is kept, byte for byte."""
    assert await campaign.again(door, campaign.kept()) == []


def test_a_seed_gives_the_same_request_for_ever():
    assert [mutant(seed) for seed in range(50)] == [mutant(seed) for seed in range(50)]
    assert len({mutant(seed).wire for seed in range(300)}) > 290


async def test_near_twins_are_two(door: Room):
    """Another customer in the same second, another number, another press: one field makes two deliveries."""
    count = await twins(door, PAIRS)

    assert count.failures == []
    assert count.kept == count.meant == 2 * PAIRS
    assert 10 * len(TWINS) < PAIRS


async def test_repeats_are_one_and_have_one_effect(door: Room):
    """Newly sealed each time, at once or later: one row, carried out once, one answer."""
    count = await repeats(door, REPEATS)
    await door.work()
    rows = await door.states()
    async with door.app.bench.store.read() as tx:
        answers = await tx.all(select(outbox.c.key).where(outbox.c.kind == "text"))

    assert count.failures == []
    assert (count.sent, count.kept) == (2 * REPEATS, REPEATS)
    assert {(row.state, row.attempts >= 1, row.failures) for row in rows} == {("done", True, 0)}
    assert len(answers) == len({row.key for row in answers}) == REPEATS // 2
