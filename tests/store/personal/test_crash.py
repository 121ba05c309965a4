"""A process that dies while it erases: the next one goes on, and in the end nothing is left."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from datetime import datetime, timezone

import pytest

from bot.kit.ids import seeded_random_bytes
from bot.kit.vault import Vault
from bot.store import open_store
from bot.store.desk import Desk
from bot.store.personal import erase
from bot.store.personal.own import BUDGET
from tests.store.personal.conftest import ADMIN
from tests.store.personal.test_erase import names, whole_database

NOW = datetime(2026, 11, 18, 3, tzinfo=timezone.utc)


def _dies(url, company, lead_id, units):
    """Another process: so many units, and then no more, without a word."""
    vault = Vault(["a secret that is long enough for tests"], seeded_random_bytes(77))

    async def run():
        store = open_store(url, unit_span=5)

        def desk(tx):
            return Desk(tx=tx, company=company, now=NOW, vault=vault, random_bytes=seeded_random_bytes(78))

        for n in range(units):
            if n == 0:
                await store.write(
                    lambda tx: erase.begin(desk(tx), lead_id, by=ADMIN, reason="本人要求"), within=20
                )
            else:
                await store.write(lambda tx: erase.step(desk(tx), lead_id), within=20)
        # One more is under way and not committed.
        dying = asyncio.ensure_future(store.write(lambda tx: _kill(desk(tx), lead_id, units), within=20))
        await dying

    asyncio.run(run())


async def _kill(desk, lead_id, units):
    if units == 0:
        await erase.begin(desk, lead_id, by=ADMIN, reason="本人要求")
    else:
        await erase.step(desk, lead_id)
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("units", [0, 1, 2, 4, 9])
async def test_killed_and_gone_on(sqlite_url, company, clock, vault, random_bytes, units):
    """Before the first commit, after it, amid his own rows, amid those of others, near the end."""
    from tests.store.personal.life import behaved_often, lived, staff

    async def unit(store, work):
        def inside(tx):
            return work(Desk(tx=tx, company=company, now=clock.now, vault=vault, random_bytes=random_bytes))

        return await store.write(inside, within=20)

    store = open_store(sqlite_url, unit_span=5)
    await unit(store, staff)
    lead_id = await lived(lambda work: unit(store, work))
    await unit(store, lambda desk: behaved_often(desk, lead_id, 2 * BUDGET))
    await store.close()

    child = multiprocessing.get_context("fork").Process(
        target=_dies, args=(sqlite_url, company, lead_id, units)
    )
    child.start()
    child.join(60)
    assert child.exitcode == -signal.SIGKILL

    store = open_store(sqlite_url, unit_span=5)
    begun = await unit(store, lambda desk: erase.find(desk.tx, lead_id))
    assert (begun is None) == (units == 0)
    if begun is None:
        await unit(store, lambda desk: erase.begin(desk, lead_id, by=ADMIN, reason="本人要求"))
    while await unit(store, lambda desk: erase.go_on(desk, lead_id, by=ADMIN)):
        pass
    left = names(await whole_database(lambda work: unit(store, work), vault))
    ended = await unit(store, lambda desk: erase.find(desk.tx, lead_id))
    await store.close()

    assert left == []
    assert ended.state == erase.DONE
