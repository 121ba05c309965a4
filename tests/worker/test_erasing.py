"""The keeper of erasures goes on from wherever one stands, and lets the next begin when it is through."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from bot.crm.user import SYSTEM
from bot.store.desk import Desk
from bot.store.personal import erase
from bot.worker.erasing import ErasureKeeper
from tests.intake.world import enquire, hire


@pytest.fixture
def keeper(lite, company, vault, clock, random_bytes):
    """Over a store and nothing else."""

    def desk(tx):
        return Desk(tx=tx, company=company, now=clock.now, vault=vault, random_bytes=random_bytes)

    bench = SimpleNamespace(store=lite, desk=desk, poll=0.01)
    found = ErasureKeeper(bench)
    found.unit = lambda work: lite.write(lambda tx: work(desk(tx)), within=20)
    return found


async def test_two_are_finished_one_after_the_other(keeper):
    """Begun in chat, ended here; with nothing to do it says so."""
    assert await keeper.step() is False
    await keeper.unit(hire)
    one = await keeper.unit(enquire)
    other = await keeper.unit(lambda desk: enquire(desk, name="孙立人", phone="13911112222"))
    for lead in (one, other):
        await keeper.unit(lambda desk, of=lead.id: erase.begin(desk, of, by=SYSTEM, reason="本人要求"))
    while await keeper.step():
        pass
    ended = [await keeper.unit(lambda desk, of=lead.id: erase.find(desk.tx, of)) for lead in (one, other)]

    assert [one.state for one in ended] == [erase.DONE, erase.DONE]
    assert [one.traces for one in ended] == [None, None]
