"""Live segments: what is kept equals what would be worked out, after every single step."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from functools import lru_cache

import pytest
from sqlalchemy import delete, select, update

from bot.crm.company.segments import Segment, Segments
from bot.store import segments, tags
from bot.store.conditions import question
from bot.store.desk import Desk
from bot.store.tables.behaviour import behaviours
from bot.store.tables.imports import orders
from bot.store.tables.leads import leads
from bot.store.tables.sales import opportunities
from bot.store.tables.segments import segment_changes, segment_dues, segment_members, segment_states
from tests.store.leads_by_hand import with_segments

CONDITIONS = {
    "score": {"field": "score", "op": ">=", "value": 60},
    "tagged": {"field": "tags", "op": "in", "value": ["价格敏感", "决策人"]},
    "eager": {"event": "pricing_page_viewed", "times": ">=", "value": 2, "within_days": 7},
    "quiet": {"not": {"event": "any", "within_days": 3}},
    "lapsed": {
        "all": [{"since": "last_order_at", "over_days": 5}, {"field": "order_count", "op": ">=", "value": 2}]
    },
    "spender": {"orders": "amount", "op": ">", "value": "150", "within_days": 10},
    "fresh": {
        "any": [{"since": "created_at", "within_days": 2}, {"since": "first_order_at", "within_days": 4}]
    },
}


@lru_cache
def _looks(company):
    asked = {one.key: question(one.when, company.registry) for one in company.segments.live}
    return {
        key: (select(leads.c.id).where(one.where, leads.c.merged_into.is_(None)), one)
        for key, one in asked.items()
    }


async def _worked_out(desk: Desk) -> set[tuple[str, str]]:
    """Every member by a full look at all leads."""
    found = set()
    for key, (query, asked) in _looks(desk.company).items():
        found |= {(key, row.id) for row in await desk.tx.all(query, **asked.params(desk.now))}
    return found


async def _kept(desk: Desk) -> set[tuple[str, str]]:
    return {(row.segment, row.lead_id) for row in await desk.tx.all(select(segment_members))}


async def _follow(desk: Desk) -> None:
    while await segments.follow_marks(desk, at_most=7):
        pass
    while await segments.follow_time(desk, at_most=7):
        pass
    while await segments.walk(desk, at_most=7):
        pass


class Story:
    """Things that happen to a few leads, one at a time."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.count = 0

    async def happen(self, desk: Desk) -> None:  # noqa: C901 - one thing a case
        self.count += 1
        dice, tx = self.dice, desk.tx
        lead_id, account = f"L{dice.randrange(4)}", dice.choice([None, "A1", "A2"])
        at = desk.now - timedelta(days=dice.choice([0, 0, 0, 2, 6, 9]))
        match dice.choice(["did", "did", "did", "order", "score", "tag", "untag", "order", "won", "undo", "merge",
                           "account", "moved", "gone"]):  # fmt: skip
            case "did":
                event = dice.choice(["pricing_page_viewed", "pricing_page_viewed", "mail_opened"])
                row = {"message_id": f"m{self.count}", "event": event, "object": "", "channel": "web"}
                row |= {"lead_id": dice.choice([lead_id, lead_id, None]), "visitor": "v", "properties": {}}
                await tx.insert(behaviours, {**row, "at": at, "received_at": desk.now})
            case "score":
                await tx.run(update(leads).where(leads.c.id == lead_id).values(score=dice.choice([0, 60])))
            case "tag":
                await tags.put(desk, lead_id, dice.choice(["价格敏感", "采购"]), by="u", reason="")
            case "untag":
                await tags.take(desk, lead_id, dice.choice(["价格敏感", "采购"]), by="u", reason="")
            case "order":
                row = {"id": f"O{self.count}", "lead_id": dice.choice([lead_id, None]), "account_id": account}
                row |= {"product": "", "amount": Decimal(200), "ordered_at": at, "created_at": desk.now}
                await tx.insert(orders, row)
            case "won":
                await self._won(desk, lead_id, account or "A1")
            case "undo":
                await tx.run(delete(orders).where(orders.c.lead_id == lead_id))
            case "merge":
                into = dice.choice([None, None, "L0"])
                await tx.run(update(leads).where(leads.c.id == lead_id).values(merged_into=into))
            case "account":
                await tx.run(update(leads).where(leads.c.id == lead_id).values(account_id=account))
            case "moved":
                await tx.run(update(behaviours).where(behaviours.c.visitor == "v").values(lead_id=lead_id))
            case "gone":
                await tx.run(delete(behaviours).where(behaviours.c.lead_id == lead_id))

    async def _won(self, desk: Desk, lead_id: str, account: str) -> None:
        texts = ("name", "stage", "currency", "source", "campaign", "industry", "product", "created_team",
                 "created_region", "closed_team", "closed_region")  # fmt: skip
        row = {**dict.fromkeys(texts, ""), "id": f"D{self.count}", "lead_id": lead_id, "account_id": account}
        row |= {"created_at": desk.now, "stage_since": desk.now, "amount": Decimal(60), "won": None}
        await desk.tx.insert(opportunities, row)
        closed = update(opportunities).where(opportunities.c.id == row["id"])
        await desk.tx.run(closed.values(won=self.dice.random() < 0.8, closed_at=desk.now))


@pytest.mark.parametrize("seed", [1, 2])
async def test_what_is_kept_equals_what_is_worked_out_after_every_step(unit, company, clock, seed):
    """Random events, sales, merges and the passing of time; compared after each of 60 steps."""
    story = Story(seed)
    firm = with_segments(company, CONDITIONS)
    seen: set[str] = set()

    async def begin(desk: Desk) -> None:
        for n in range(4):
            await leads_of(desk, f"L{n}")
        await segments.define(desk)
        await _follow(desk)

    await unit(_under(firm, begin))
    for step in range(60):
        if story.dice.random() < 0.4:
            clock.push(timedelta(hours=story.dice.choice([1, 8, 47])))
        else:
            await unit(_under(firm, story.happen))
        await unit(_under(firm, _follow))
        kept, worked_out = await unit(_under(firm, _kept)), await unit(_under(firm, _worked_out))
        assert kept == worked_out, f"step {step}: {kept ^ worked_out}"
        seen |= {key for key, _ in kept}

    # The story was about something: nearly every segment had somebody in it at some time.
    assert len(seen) >= 5


async def test_time_alone_lets_people_out_at_the_very_moment(unit, company, clock):
    """A window of seven days ends seven days after what it held, not at night."""
    firm = with_segments(company, {"eager": CONDITIONS["eager"]})

    async def begin(desk: Desk) -> None:
        await leads_of(desk, "L1")
        for n, hours in enumerate((0, 5)):
            row = {"message_id": f"m{n}", "lead_id": "L1", "event": "pricing_page_viewed", "object": ""}
            row |= {"channel": "web", "properties": {}, "received_at": desk.now}
            await desk.tx.insert(behaviours, {**row, "at": desk.now - timedelta(hours=hours)})
        await segments.define(desk)
        await _follow(desk)

    await unit(_under(firm, begin))
    assert await unit(_under(firm, _kept)) == {("eager", "L1")}

    clock.push(timedelta(days=7, hours=-5, microseconds=-1))
    await unit(_under(firm, _follow))
    assert await unit(_under(firm, _kept)) == {("eager", "L1")}

    clock.push(timedelta(microseconds=1))
    await unit(_under(firm, _follow))
    assert await unit(_under(firm, _kept)) == set()
    history = await unit(lambda desk: desk.tx.all(select(segment_changes).order_by(segment_changes.c.id)))
    assert [(row.joined, row.why) for row in history] == [(True, "defined"), (False, "time")]


async def test_another_definition_begins_anew_and_the_old_one_leaves_nothing(unit, company):
    """Members follow the new condition; a segment that is no longer kept has none and no row waits."""

    async def begin(desk: Desk) -> None:
        for n in range(20):
            await leads_of(desk, f"L{n}", score=n * 5)
        await segments.define(desk)
        await _follow(desk)

    hot = with_segments(company, {"score": CONDITIONS["score"]})
    await unit(_under(hot, begin))
    assert len(await unit(_under(hot, _kept))) == 8

    hotter = with_segments(company, {"score": {"field": "score", "op": ">=", "value": 90}})
    assert await unit(_under(hotter, segments.define)) is True
    await unit(_under(hotter, _follow))
    assert len(await unit(_under(hotter, _kept))) == 2

    none = with_segments(company, {})
    await unit(_under(none, segments.define))
    assert await unit(_under(none, lambda desk: segments.clear_stranded(desk, at_most=100))) == 2
    assert await unit(_under(none, _kept)) == set()
    for table in (segment_states, segment_dues):
        assert await unit(lambda desk, table=table: desk.tx.all(select(table))) == []


async def test_nothing_is_marked_while_nothing_is_kept(unit, company):
    """An installation without live segments pays no row for them."""
    firm = with_segments(company, {})

    async def work(desk: Desk) -> bool:
        await leads_of(desk, "L1")
        return await segments.is_work(desk.tx, desk.now)

    assert await unit(_under(firm, work)) is False


def _under(firm, work):
    """The same work at a desk of another company."""
    from dataclasses import replace

    return lambda desk: work(replace(desk, company=firm))


async def leads_of(desk: Desk, lead_id: str, **values) -> None:
    from tests.store.leads_by_hand import put

    await put(desk, lead_id, **values)


def test_the_shipped_segments_have_their_names(company):
    """People know them by these words."""
    known = company.segments
    for word in ("高意向未成交", "近30天活跃", "老客30天未购", "频繁浏览未下单", "3个月未购买", "潜客", "新客", "老客",
                 "流失", "活跃", "沉默", "高频", "高价值", "一次性"):  # fmt: skip
        assert isinstance(known.meant(word), Segment), word
    assert isinstance(known, Segments)
