"""All ways to a lead in any order, on both databases: counters equal ledgers, nobody above a cap."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.assignment import arrive, claim, reassign, release
from bot.assignment.reveal import reveal
from bot.crm.pool import HELD
from bot.crm.user import SYSTEM, Role, User
from bot.store import lead_status, leads, users
from bot.store.desk import Desk
from bot.store.tables.leads import claims as ledger
from bot.store.tables.leads import leads as leads_table
from bot.store.tables.leads import tenures
from bot.store.tables.machinery import counters
from tests.assignment.conftest import EAST, hire
from tests.assignment.firm import with_rules, with_terms

DAILY, HOLDING, LEADS = 3, 4, 18
CREW = tuple(User(id=f"u{n}", name=f"销售{n}", role=Role.REP, region=EAST, team="上海组") for n in range(4))
BOSS = User(id="boss", name="陈总", role=Role.EXECUTIVE, region="", team="")


class Books:
    """A firm in which things happen at once, and its books."""

    def __init__(self, store: Any, company: Any, vault: Any, clock: Any, random_bytes: Any) -> None:
        self.store, self.clock = store, clock
        self.company, self._vault, self._random = company, vault, random_bytes

    async def unit(self, work: Any, *, lane: str = "", company: Any = None) -> Any:
        def inside(tx: Any) -> Any:
            return work(Desk(tx, company or self.company, self.clock.now, self._vault, self._random))

        return await self.store.write(inside, lane_key=lane, within=30)

    async def check(self) -> None:
        """Whatever happened: what is counted is what is written down."""

        async def look(desk: Desk) -> tuple[Any, ...]:
            won = await desk.tx.all(
                select(ledger.c.pool_id, ledger.c.user_id, ledger.c.day).where(ledger.c.outcome == "won")
            )
            open_ = await desk.tx.all(
                select(tenures.c.lead_id, tenures.c.owner_id).where(tenures.c.to_at.is_(None))
            )
            owned = await desk.tx.all(
                select(leads_table.c.id, leads_table.c.owner_id).where(leads_table.c.status.in_(sorted(HELD)))
            )
            counted = {row.key: row.n for row in await desk.tx.all(select(counters)) if row.n}
            return won, open_, owned, counted

        won, open_, owned, counted = await self.unit(look)
        assert sorted((row.lead_id, row.owner_id) for row in open_) == sorted(
            (row.id, row.owner_id) for row in owned
        )
        held = {key.split(":")[1]: n for key, n in counted.items() if key.startswith("holding:")}
        assert held == dict(Counter(row.owner_id for row in owned))
        claimed = {tuple(key.split(":")[1:]): n for key, n in counted.items() if key.startswith("claims:")}
        assert claimed == dict(Counter((row.pool_id, row.user_id, row.day) for row in won))
        assert all(n <= DAILY for n in claimed.values())
        assert all(n <= HOLDING for n in held.values())


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_books_agree_after_anything(
    store: Any, company: Any, vault: Any, clock: Any, random_bytes: Any, seed: int
):
    """Taps, collected taps, rules, returns and the clock, several at once; after each round all is counted right."""
    terms = {"daily_claims": DAILY, "holding": HOLDING, "cool_down_days": 0}
    tapped = with_terms(company, **terms)
    collected = with_terms(company, **terms, reveal_seconds=5)
    ruled = with_rules(
        with_terms(company, **terms), {"name": "最少", "to": {"least_busy": [one.id for one in CREW]}}
    )
    books = Books(store, tapped, vault, clock, random_bytes)
    await books.unit(lambda desk: hire(desk, *CREW, BOSS))
    for number in range(1, LEADS + 1):
        await books.unit(lambda desk, number=number: _come(desk, f"L{number}"))
    dice = random.Random(seed)

    for _ in range(8):
        acts = [_act(dice, books, tapped=tapped, collected=collected, ruled=ruled) for _ in range(10)]
        await asyncio.gather(*acts)
        await books.check()
        clock.push(timedelta(hours=dice.choice((0, 1, 9, 25))))


async def _come(desk: Desk, lead_id: str) -> None:
    known = leads.Particulars(name=lead_id, city="上海", region=EAST)
    lead = await leads.create(desk, lead_id, known, leads.Origin(source="官网"), by="system")
    await arrive.arrive(desk, lead, rings=False)


def _act(dice: random.Random, books: Books, *, tapped: Any, collected: Any, ruled: Any) -> Any:
    lead_id, who = f"L{dice.randrange(1, LEADS + 1)}", dice.choice(CREW)
    act, under = dice.choice(
        [(_tap, tapped)] * 4
        + [(_tap, collected), (_reveal, collected), (_rule, ruled), (_return, tapped)]
        + [(_recycle, tapped), (_invalid, tapped), (_hand, tapped)]
    )
    return books.unit(lambda desk: act(desk, lead_id, who), lane=f"lead:{lead_id}", company=under)


async def _tap(desk: Desk, lead_id: str, who: User) -> None:
    await claim.claim(desk, lead_id, by=who)


async def _reveal(desk: Desk, lead_id: str, who: User) -> None:
    await claim.claim(desk, lead_id, by=who)
    await reveal(desk, lead_id, str((await leads.get(desk.tx, lead_id)).epoch))


async def _rule(desk: Desk, lead_id: str, who: User) -> None:
    lead = await leads.get(desk.tx, lead_id)
    if lead.owner_id is None and lead.status.value != "invalid":
        await arrive.arrive(desk, lead, rings=True)


async def _return(desk: Desk, lead_id: str, who: User) -> None:
    lead = await leads.get(desk.tx, lead_id)
    if lead.owner_id and lead.status in HELD:
        owner = await users.get(desk.tx, lead.owner_id)
        await release.release(desk, lead, owner=owner, reason="联系不上")


async def _recycle(desk: Desk, lead_id: str, who: User) -> None:
    lead = await leads.get(desk.tx, lead_id)
    if lead.owner_id and lead.status in HELD:
        owner = await users.get(desk.tx, lead.owner_id)
        await release.recycle(
            desk, lead, owner=owner, by=SYSTEM, reason="到期", pool_id="nation", is_offered=False
        )


async def _invalid(desk: Desk, lead_id: str, who: User) -> None:
    lead = await leads.get(desk.tx, lead_id)
    if lead.owner_id and lead.status in HELD:
        owner = await users.get(desk.tx, lead.owner_id)
        await lead_status.invalidate(desk, lead, by=owner, owner=owner, reason="空号")


async def _hand(desk: Desk, lead_id: str, who: User) -> None:
    """A manager gives it to whoever has a hand free, so that the cap of hands can be held against all ways."""
    from bot.store import counters as store
    from bot.store.claims import holding_key

    lead = await leads.get(desk.tx, lead_id)
    if lead.status.value == "invalid" or lead.owner_id == who.id:
        return
    if await store.read(desk.tx, holding_key(who.id)) < HOLDING - 1:
        await reassign.reassign(desk, lead, to=who, by=BOSS)
