"""Merging and undoing it is as if nothing had been."""

from __future__ import annotations

import random

import pytest

from bot.intake.unmerge import Unmerged, unmerge
from tests.handlers.workday import ZHOU
from tests.intake.lives import differences, dump, hired, live, united


@pytest.mark.parametrize("seed", range(12))
async def test_merge_then_unmerge_is_the_identity(unit, clock, seed):
    """Two leads of any lives: afterwards every table of the business is what it was, byte by byte."""
    dice = random.Random(seed)
    day = await hired(unit, clock)
    ids = [await live(day, dice, number) for number in range(2)]
    before = await dump(unit)

    await united(unit, *ids, prefers=dice.choice(("kept", "gone")))
    day.push(minutes=dice.randrange(1, 60 * 24 * 29))
    between = await dump(unit)
    undone = await unit(lambda desk: unmerge(desk, dice.choice(ids), by=ZHOU))

    assert differences(before, between)
    assert isinstance(undone, Unmerged), undone
    assert differences(before, await dump(unit)) == {}


@pytest.mark.parametrize("seed", range(20, 24))
async def test_a_chain_of_mergings_undone_latest_first_is_the_identity(unit, clock, seed):
    """Three leads into one, in any pairing: each undoing gives back exactly what stood before its merging."""
    dice = random.Random(seed)
    day = await hired(unit, clock)
    ids = [await live(day, dice, number) for number in range(3)]
    before = [await dump(unit)]
    done = [await united(unit, *dice.sample(ids, 2))]
    before.append(await dump(unit))
    left = sorted({*ids} - {done[0].gone})
    done.append(await united(unit, *left))

    for merge, was in zip(reversed(done), reversed(before), strict=True):
        day.push(minutes=5)
        assert isinstance(await unit(lambda desk, merge=merge: unmerge(desk, merge.id, by=ZHOU)), Unmerged)
        assert differences(was, await dump(unit)) == {}
