"""Others may come in between any two statements: whatever decides something decides it in one statement.

One process writes its units one after the other; several processes on PostgreSQL do not. Here many
units share one SQLite transaction and give way to each other at random before each statement, which
is harsher than any isolation level.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.assignment import arrive, claim
from bot.chat.card import Button, Card
from bot.chat.outbound import Notice
from bot.crm.commands import ClaimLead
from bot.store import claims, counters, lanes, leads, leases, outbox, schedule, sending, users
from bot.store.connection import UnitTx
from bot.store.desk import Desk
from bot.store.sqlite import SqliteConnection
from tests.assignment.conftest import EAST, TEAM, hire

SEEDS = range(12)
_LONG = 1e9


class GivesWay:
    """A Tx that lets others go first before each of its statements, for a random number of turns."""

    def __init__(self, tx: UnitTx, rng: random.Random) -> None:
        self._tx, self._rng = tx, rng

    def __getattr__(self, name: str) -> Callable[..., Any]:
        method = getattr(self._tx, name)

        async def later(*args: Any, **params: Any) -> Any:
            for _ in range(self._rng.randint(0, 3)):
                await asyncio.sleep(0)
            return await method(*args, **params)

        return later


class Crowd:
    """Units that run at once over one connection."""

    def __init__(self, connection: SqliteConnection, company: Any, vault: Any, now: Any, random_bytes: Any):
        self._connection, self._given = connection, (company, now, vault, random_bytes)

    def desk(self, tx: Any) -> Desk:
        company, now, vault, random_bytes = self._given
        return Desk(tx=tx, company=company, now=now, vault=vault, random_bytes=random_bytes)

    async def alone(self, work: Callable[[Desk], Any]) -> Any:
        return await work(self.desk(UnitTx(self._connection, lambda: 0.0, _LONG)))

    async def at_once(self, seed: int, *works: Callable[[Desk], Any]) -> list[Any]:
        rng = random.Random(seed)
        tx = UnitTx(self._connection, lambda: 0.0, _LONG)
        works = (work(self.desk(GivesWay(tx, rng))) for work in works)
        return await asyncio.gather(*works, return_exceptions=True)


@pytest.fixture
async def crowd(sqlite_url, company, vault, now, random_bytes):
    """Everything is undone after each seed by `async with crowd() as it`."""
    connection = SqliteConnection(sqlite_url.removeprefix("sqlite+aiosqlite:///"))
    await connection.begin()
    yield Crowd(connection, company, vault, now, random_bytes)
    await connection.rollback()
    await connection.close()


async def anew(crowd: Crowd) -> None:
    """Forget what the last seed did."""
    await crowd._connection.rollback()
    await crowd._connection.begin()


async def test_a_lead_has_one_winner_whoever_comes_between(crowd):
    """Three look, find it free, and take it: one has it, the counters and the ledger know of one."""
    for seed in SEEDS:
        await anew(crowd)
        await crowd.alone(lambda desk: hire(desk, *TEAM))
        await crowd.alone(_ring)

        answers = await crowd.at_once(
            seed, *(_claims(who) for who in ("zhangsan", "lisi", "zhangsan", "lisi"))
        )

        assert [one for one in answers if isinstance(one, Exception)] == [], seed
        winners = {one.lead.owner_id for one in answers if isinstance(one, claim.Claimed)}
        held = [
            await crowd.alone(lambda desk, w=who: counters.read(desk.tx, claims.holding_key(w)))
            for who in ("zhangsan", "lisi")
        ]
        assert len(winners) == 1, seed
        assert sorted(held) == [0, 1], seed


async def _ring(desk: Desk) -> None:
    known = leads.Particulars(name="林晓", city="上海", region=EAST)
    lead = await leads.create(desk, "L1", known, leads.Origin(source="官网"), by="system")
    await arrive.arrive(desk, lead, rings=False)


def _claims(who: str) -> Callable[[Desk], Any]:
    async def work(desk: Desk) -> Any:
        return await claim.claim(desk, "L1", by=await users.get(desk.tx, who))

    return work


async def test_the_last_place_under_a_cap_goes_to_one(crowd):
    """Of eight who reach for three places, three get one."""
    for seed in SEEDS:
        await anew(crowd)

        taken = await crowd.at_once(seed, *[lambda desk: counters.take(desk.tx, "c", cap=3)] * 8)

        assert sum(taken) == 3, seed
        assert await crowd.alone(lambda desk: counters.read(desk.tx, "c")) == 3


async def test_a_firing_belongs_to_one_scheduler(crowd, now):
    """Of five that look at the clock in one instant."""
    for seed in SEEDS:
        await anew(crowd)

        fired = await crowd.at_once(seed, *[lambda desk: schedule.tick(desk.tx, "directory", now)] * 5)

        assert sum(fired) == 1, seed


async def test_a_role_has_one_holder(crowd, now):
    """Whoever comes second hears that another has it."""
    for seed in SEEDS:
        await anew(crowd)

        terms = await crowd.at_once(
            seed,
            *(
                lambda desk, by=by: leases.hold(desk.tx, "robot", by=by, now=now, for_=timedelta(minutes=1))
                for by in ("a", "b", "c")
            ),
        )

        assert sorted(terms, key=str) == [1, None, None], seed


async def test_a_lane_and_what_is_to_be_sent_are_taken_by_one(crowd, now):
    """Four workers and four senders look at the same moment."""
    for seed in SEEDS:
        await anew(crowd)
        await crowd.alone(lambda desk: hire(desk, *TEAM))
        await crowd.alone(lambda desk: lanes.wake(desk.tx, "wecom:user:lisi", now))
        await crowd.alone(lambda desk: outbox.post(desk, Notice(to="lisi", key="k", text="一")))

        worked = await crowd.at_once(
            seed, *(lambda desk, n=n: lanes.take(desk.tx, by=f"w{n}", now=now, most=9) for n in range(4))
        )
        sent = await crowd.at_once(
            seed, *[lambda desk: sending.lease(desk.tx, desk.vault, now=now, most=9)] * 4
        )

        assert sorted(len(some) for some in worked) == [0, 0, 0, 1], seed
        assert sorted(len(some) for some in sent) == [0, 0, 0, 1], seed
        (leased,) = next(some for some in sent if some)
        marked = await crowd.at_once(
            seed, *[lambda desk, one=leased: sending.mark_sending(desk.tx, one, now=now)] * 3
        )
        assert sorted(marked) == [False, False, True], seed


OFFER = Card(kind="lead_offered", title="新线索", buttons=(Button("领取", ClaimLead("L7")),))


async def test_a_code_is_spent_by_one(crowd, now):
    """Two changes of one card: the platform takes its code once."""
    for seed in SEEDS:
        await anew(crowd)
        await crowd.alone(lambda desk: hire(desk, *TEAM))
        for who in ("zhangsan", "lisi"):
            await crowd.alone(lambda desk, w=who: outbox.post(desk, Notice(to=w, key="k", card=OFFER)))
        both = await crowd.alone(lambda desk: sending.lease(desk.tx, desk.vault, now=now, most=9))
        await crowd.alone(lambda desk: sending.add_code(desk.tx, "card", "RC1", now=now))

        codes = await crowd.at_once(
            seed, *(lambda desk, one=one: sending.use_code(desk.tx, one, "card", now=now) for one in both)
        )

        assert sorted(codes, key=str) == [None, "RC1"], seed
