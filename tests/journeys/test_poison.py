"""What cannot be carried out, however often it is tried: it stops itself and nobody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select, text

from bot.chat.router import Router
from bot.errors import UnitTooSlowError
from bot.journeys.simulate import Happening
from bot.kit.clock import system_monotonic
from bot.store import enrollments
from bot.store.tables.journeys import journey_marks, journey_sweeps
from bot.worker.bench import Bench
from bot.worker.journeys import JourneyKeeper
from tests.intake.world import counted
from tests.journeys.fleet import Fleet
from tests.journeys.walking import DAY, ON_FORM, did, fleet_of, said

UNTIL = {"enter": ON_FORM, "steps": [{"wait_until": "contract_end", "offset": "30天"}, {"touch": "a"}]}
BEFORE = {"enter": ON_FORM, "steps": [{"wait_until": "birthday", "offset": "-30天"}, {"touch": "a"}]}
WEEKLY = {
    "enter": [{"schedule": "每周二 10:00"}],
    "only": {"not": {"field": "status", "op": "=", "value": "invalid"}},
}


def keeper_of(
    fleet: Fleet, store: Any = None, monotonic: Callable[[], float] = system_monotonic
) -> JourneyKeeper:
    bench = Bench(
        store=store or fleet.store, adapters={}, router=Router(), company=fleet.company, vault=fleet.vault,
        clock=lambda: fleet.now, random_bytes=fleet.random_bytes, name="test", monotonic=monotonic,
    )  # fmt: skip
    return JourneyKeeper(bench, fleet.request)


async def happened(fleet: Fleet, name: str, lead_id: str) -> None:
    """As `did`, and nothing is followed yet."""
    await fleet.happen(Happening(fleet.now, "form", name), lead_id)


@pytest.mark.parametrize(("way", "day"), [(UNTIL, "9999-12-31"), (BEFORE, "0001-01-01")])
async def test_a_date_that_stands_for_never_is_no_date(lite, company, way, day):
    """As other systems write "no end" and "unknown": there is nothing to wait for, and nothing fails."""
    fleet = await fleet_of(lite, company, 一=way)
    await did(fleet, "set", way["steps"][0]["wait_until"], value=day)
    await did(fleet, "form", "whitepaper")

    assert said(fleet) == ["a"]
    (_, _, _, outcome, note), *_ = (await fleet.ways())[0][2]
    assert (outcome, note) == ("next", "no_date")


async def test_what_cannot_be_followed_is_passed_over_and_counted(lite, company):
    """One mark is broken: those before and behind it enter all the same, and it is gone."""
    leads = ("L1", "L2", "L3")
    fleet = await fleet_of(
        lite, company, leads, 一={"enter": [*ON_FORM, {"changed": "budget"}], "steps": [{"touch": "a"}]}
    )
    broken = {"of_lead": "L2", "kind": "changed", "ref": "custom", "source": "x", "object": None}
    await happened(fleet, "whitepaper", "L1")
    await fleet.do(
        lambda desk: desk.tx.insert(journey_marks, {**broken, "before": "{", "after": "}", "at": fleet.now})
    )
    await happened(fleet, "whitepaper", "L3")
    keeper = keeper_of(fleet)
    while await keeper.step():
        pass

    assert sorted(one.lead_id for one in fleet.asked) == ["L1", "L3"]
    assert await fleet.do(lambda desk: counted(desk, "journey.mark_skipped")) == {"failed": 1}
    async with fleet.store.read() as tx:
        assert await tx.all(select(journey_marks)) == []


async def test_a_walk_that_fails_holds_up_nobody_on_his_way(lite, company):
    """A schedule cannot be walked; who waits in another journey goes on at his time."""
    waits = {"enter": ON_FORM, "steps": [{"wait": "1天"}, {"touch": "a"}]}
    weekly = {"enter": [{"schedule": "每周二 10:00"}], "only": {"field": "city", "op": "=", "value": "上海"},
              "steps": [{"touch": "b"}]}  # fmt: skip
    fleet = await fleet_of(lite, company, 一=waits, 二=weekly)
    await did(fleet, "form", "whitepaper")
    async with fleet.store.read() as tx:
        assert len(await tx.all(select(journey_sweeps))) == 1
    await fleet.do(lambda desk: desk.tx.run(text("UPDATE journey_sweeps SET moment = 'no moment at all'")))
    fleet.now += 2 * DAY
    keeper = keeper_of(fleet)
    for _ in range(3):
        await keeper.step()

    assert said(fleet) == ["a"]


async def test_one_who_cannot_be_let_in_holds_up_no_walk(lite, company):
    """What he went through cannot be read: walks go on behind him, those of other journeys too; he is counted."""
    weekly = {**WEEKLY, "steps": [{"touch": "a"}]}
    before = {"enter": ON_FORM, "steps": [{"touch": "c"}]}
    leads = ("L1", "L2", "L3")
    fleet = await fleet_of(
        lite, company, leads, 一=weekly, 二=weekly | {"steps": [{"touch": "b"}]}, 三=before
    )
    await happened(fleet, "whitepaper", "L2")
    await fleet.settle()
    await fleet.do(lambda desk: desk.tx.run(text("UPDATE journey_enrollments SET entered_at = 'no moment'")))
    fleet.asked.clear()
    fleet.now += 7 * DAY
    keeper = keeper_of(fleet)
    while await keeper.step():
        pass

    got = {(one.lead_id, one.content) for one in fleet.asked}
    assert got == {("L1", "a"), ("L3", "a"), ("L1", "b"), ("L3", "b")}
    assert await fleet.do(lambda desk: counted(desk, "journey.not_entered")) == {
        "一:failed": 1,
        "二:failed": 1,
    }


async def test_a_walk_that_gets_nowhere_is_left_alone_for_a_while(lite, company):
    """Its place cannot be read: the others are walked, it is counted once, and not tried at each look."""
    weekly = {**WEEKLY, "steps": [{"touch": "b"}]}
    unknown = {**WEEKLY, "only": {"field": "budget", "op": ">", "value": 3}, "steps": [{"touch": "a"}]}
    fleet = await fleet_of(lite, company, ("L1", "L2"), 一=unknown, 二=weekly)
    await fleet.settle()
    await fleet.do(lambda desk: desk.tx.run(text("UPDATE leads SET custom = '{' WHERE id = 'L2'")))
    fleet.now += 7 * DAY
    seconds = 0.0
    keeper = keeper_of(fleet, monotonic=lambda: seconds)
    for _ in range(20):
        await keeper.step()

    assert {(one.lead_id, one.content) for one in fleet.asked} == {("L1", "b"), ("L2", "b")}
    assert await fleet.do(lambda desk: counted(desk, "journey.walk_stuck")) == {"一": 1}
    await fleet.do(lambda desk: desk.tx.run(text("UPDATE leads SET custom = '{\"budget\": 5}'")))
    seconds += 61
    while await keeper.step():
        pass
    assert ("L2", "a") in {(one.lead_id, one.content) for one in fleet.asked}


@dataclass
class Frozen:
    """The store of a machine that stands still in the middle of its next units."""

    store: Any
    times: int

    async def write(self, unit: Any, **more: Any) -> Any:
        async def slow(tx: Any) -> Any:
            found = await unit(tx)
            if self.times > 0:
                self.times -= 1
                raise UnitTooSlowError
            return found

        return await self.store.write(slow, **more)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


async def test_a_machine_that_stood_still_puts_nobody_out(lite, company):
    """All together and then alone, he met the pause twice: he is where he was, and goes on."""
    fleet = await fleet_of(lite, company, 一={"enter": ON_FORM, "steps": [{"wait": "1天"}, {"touch": "a"}]})
    await did(fleet, "form", "whitepaper")
    fleet.now += DAY
    frozen = Frozen(lite, 0)
    keeper = keeper_of(fleet, frozen)
    while await keeper.step():
        pass
    fleet.asked.clear()
    await fleet.lead("L2", external_id="L2")
    await happened(fleet, "whitepaper", "L2")
    while await keeper.step():
        pass
    fleet.now += DAY
    # All together, the mark alone, he alone.
    frozen.times = 3
    for _ in range(4):
        await keeper.step()

    async with lite.read() as tx:
        (row,) = await enrollments.of_leads(tx, ["L2"])
    assert row.ended_how != "failed"
    assert {one.lead_id for one in fleet.asked} == {"L2"}
    assert await fleet.do(lambda desk: counted(desk, "journey.failed")) == {}
