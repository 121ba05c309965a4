"""Old steps become sums: whatever people went through, the results are the same before and after."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select, update

from bot.insight.results.report import Report, report
from bot.journeys.outline import ALL, outline_of
from bot.journeys.simulate import Happening
from bot.store import journeys
from bot.store.tables.journeys import journey_enrollments, journey_steps
from bot.store.tables.results import journey_step_sums
from bot.worker import journey_results
from tests.conftest import NOW
from tests.journeys.fleet import Fleet, with_journeys
from tests.touch.house import bench_of

DAY = timedelta(days=1)
#: A loop, a branch, an experiment, a wait that may be left: places that are come to once, often or never.
WINDING = {
    "enter": [{"form": "whitepaper"}],
    "again": "always",
    "leave": {"field": "city", "op": "=", "value": "广州"},
    "goal": {"field": "order_count", "op": ">=", "value": 1},
    "steps": [
        {"split": "试验", "arms": [{"name": "甲", "percent": 50, "steps": [{"touch": "a"}]}], "hold_out": 50},
        {"loop": [{"wait": "1天"}, {"touch": "b"}], "times": 3},
        {
            "branch": [
                {"when": {"field": "city", "op": "=", "value": "上海"}, "steps": [{"wait": "2天"}]},
            ],
            "else": [{"touch": "c"}],
        },
        {"wait_for": {"event": "mail_opened"}, "within": "5天"},
    ],
}
LATER = {**WINDING, "steps": [*WINDING["steps"], {"touch": "d"}]}


async def lived(store, company, seed: int) -> Fleet:
    """Twenty people over four hundred and fifty days; most of their ways ended long ago, some have not."""
    dice = random.Random(seed)
    fleet = Fleet(store, with_journeys(company, {"弯路": WINDING}), NOW - 450 * DAY)
    for n in range(20):
        city = dice.choice(("上海", "北京"))
        await fleet.lead(f"L{n}", external_id=f"e{n}", city=city, region=dice.choice(("华东", "华南")))
    await fleet.define()
    for begin in sorted(dice.randrange(450) for _ in range(22)):
        await fleet.pass_until(NOW - (450 - begin) * DAY)
        lead_id = f"L{dice.randrange(20)}"
        await fleet.happen(Happening(fleet.now, "form", "whitepaper"), lead_id)
        await fleet.settle()
        if dice.random() < 0.3:
            await fleet.happen(Happening(fleet.now, "set", "city", value="广州"), f"L{dice.randrange(20)}")
        if dice.random() < 0.2:
            bought = Happening(fleet.now, "order", "基础版", value=Decimal(dice.randrange(1, 900)))
            await fleet.happen(bought, f"L{dice.randrange(20)}")
        if begin > 200 and len(fleet.company.journeys["弯路"].steps) == len(WINDING["steps"]):
            fleet.company = with_journeys(fleet.company, {"弯路": LATER})
            await fleet.do(lambda d: journeys.publish(d, "弯路", d.company.journeys["弯路"], by="m"))
    await fleet.do(lambda desk: stop_one(desk, dice))
    await fleet.happen(Happening(fleet.now, "tag", "测试"), f"L{dice.randrange(20)}")
    await fleet.pass_until(NOW)
    return fleet


async def stop_one(desk, dice: random.Random) -> None:
    """Somebody is taken out where he waits."""
    rows = await desk.tx.all(select(journey_enrollments.c.id).where(journey_enrollments.c.state != "done"))
    if rows:
        await desk.tx.run(
            update(journey_enrollments)
            .where(journey_enrollments.c.id == dice.choice(rows).id)
            .values(state="done", place=None, due_at=None, ended_at=desk.now, ended_how="stopped")
        )


async def results(fleet: Fleet) -> list[Report]:
    async def work(desk) -> list[Report]:
        found = []
        for version in ("1", "2", ALL):
            for region in ("", "华东"):
                outline = await outline_of(desk.tx, desk.company, "弯路", version, region=region)
                if outline is not None:
                    found.append(await report(desk.tx, outline, now=desk.now))
        return found

    return await fleet.do(work)


async def rows_of(fleet: Fleet, table) -> int:
    row = await fleet.do(lambda desk: desk.tx.first(select(func.count().label("n")).select_from(table)))
    return int(row.n)


@pytest.mark.parametrize("seed", range(3))
async def test_results_are_the_same_when_old_steps_are_sums(lite, company, vault, random_bytes, seed):
    """By version, region and experiment; twice over; and with a shorter memory than before."""
    fleet = await lived(lite, company, seed)
    before, steps = await results(fleet), await rows_of(fleet, journey_steps)
    assert sum(one.totals.entered for one in before) > 20

    for days in (400, 200, 30, 30):
        rules = fleet.company.touch.model_copy(update={"keep_steps_days": days})
        object.__setattr__(fleet.company, "touch", rules)
        bench, _ = bench_of(lite, fleet.company, lambda: fleet.now, vault, random_bytes)
        await journey_results.fold(bench)
        assert await results(fleet) == before
        assert await rows_of(fleet, journey_steps) <= steps
        steps = await rows_of(fleet, journey_steps)

    assert await rows_of(fleet, journey_step_sums) > 5


async def test_only_ways_that_ended_long_ago_are_summed(store, company, vault, random_bytes):
    """Whoever ended lately, or still waits, keeps every step; of the old ones the arm alone is kept."""
    fleet = Fleet(store, with_journeys(company, {"弯路": WINDING}), NOW - 500 * DAY)
    for n, begins in enumerate((500, 50, 2)):
        await fleet.pass_until(NOW - begins * DAY)
        await fleet.lead(f"L{n}", external_id=f"e{n}", city="北京")
        if not n:
            await fleet.define()
        await fleet.happen(Happening(fleet.now, "form", "whitepaper"), f"L{n}")
        await fleet.settle()
    await fleet.pass_until(NOW)
    before = await results(fleet)
    bench, _ = bench_of(store, fleet.company, lambda: fleet.now, vault, random_bytes)

    assert await journey_results.fold(bench) > 8
    assert await journey_results.fold(bench) == 0

    async def places(desk) -> dict[str, set[str]]:
        joined = journey_steps.join(
            journey_enrollments, journey_enrollments.c.id == journey_steps.c.enrollment_id
        )
        found: dict[str, set[str]] = {}
        rows = await desk.tx.all(
            select(journey_enrollments.c.lead_id, journey_steps.c.place).select_from(joined)
        )
        for row in rows:
            found.setdefault(row.lead_id, set()).add(row.place)
        return found

    left = await fleet.do(places)
    assert left["L0"] == {"split"}
    assert left["L1"] >= {"split", "loop", "wait", "touch-b", "wait_for"}
    assert left["L2"] >= {"split", "loop", "wait"}
    assert await results(fleet) == before
