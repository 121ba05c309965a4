"""A merging is undone: both leads are as they were, on their way through a journey too."""

from __future__ import annotations

import pytest

from bot.crm.user import Role, User
from bot.intake.merge import merge
from bot.intake.unmerge import Unmerged, unmerge
from bot.journeys.entering import known_of, leave
from bot.store import enrollments, journeys
from bot.store.enrollments import PARKED
from bot.store.enrollments_merged import MERGED
from bot.store.merges import Merge
from tests.intake.world import hire
from tests.journeys.walking import DAY, ON_FORM, did, fleet_of

BOSS = User(id="boss", name="周", role=Role.EXECUTIVE, region="", team="", platform="wecom")
STEPS = [{"touch": "a"}, {"wait": "3天"}, {"touch": "b"}]


@pytest.fixture
async def fleet(lite, company):
    """Two leads in the same journey at the same place, an hour apart."""
    found = await fleet_of(lite, company, leads_of=("L1", "L2"), one={"enter": ON_FORM, "steps": STEPS})
    await found.do(lambda desk: hire(desk, BOSS))
    for lead_id in ("L1", "L2"):
        await did(found, "form", "whitepaper", lead_id)
        found.now += DAY / 24
    return found


async def _merged(fleet) -> Merge:
    done = await fleet.do(lambda desk: merge(desk, "L1", "L2", by=BOSS, how="card"))
    assert isinstance(done, Merge)
    await fleet.settle()
    return done


async def _undo(fleet, done: Merge) -> None:
    assert isinstance(await fleet.do(lambda desk: unmerge(desk, done.id, by=BOSS)), Unmerged)


async def _ways(fleet) -> dict[str, tuple[str, str]]:
    rows = await fleet.do(lambda desk: enrollments.of_leads(desk.tx, ["L1", "L2"]))
    return {row.person: (row.state, row.ended_how) for row in rows}


async def test_both_go_on(fleet):
    """One way is enough while they are one; each has his own again afterwards, and gets nothing twice."""
    done = await _merged(fleet)
    assert (await _ways(fleet))["L2"] == ("done", MERGED)

    await _undo(fleet, done)
    fleet.now += 5 * DAY
    await fleet.settle()

    assert {how for _, how in (await _ways(fleet)).values()} == {"end"}
    assert sorted((one.lead_id, one.content) for one in fleet.asked) == [
        ("L1", "a"), ("L1", "b"), ("L2", "a"), ("L2", "b"),
    ]  # fmt: skip


async def test_whoever_is_taken_out_as_one_is_out_as_two(fleet):
    """「L1 退出旅程」 was said of both."""
    done = await _merged(fleet)

    async def out(desk):
        return await leave(desk, await known_of(desk, ["L1"]), "L1", "one")

    assert len(await fleet.do(out)) == 1
    await _undo(fleet, done)
    fleet.now += 5 * DAY
    await fleet.settle()

    assert await _ways(fleet) == {"L1": ("done", "left"), "L2": ("done", MERGED)}


@pytest.mark.parametrize("state", [journeys.STOPPED, journeys.PAUSED])
async def test_a_journey_that_stands_still_lets_nobody_go_on(fleet, state):
    """Stopped: he is out. Paused: he waits with the others."""
    done = await _merged(fleet)
    await fleet.do(lambda desk: journeys.put(desk, "one", 1, state, by="boss"))
    await _undo(fleet, done)
    fleet.now += 5 * DAY
    await fleet.settle()

    is_out = state == journeys.STOPPED
    assert (await _ways(fleet))["L2"] == (("done", MERGED) if is_out else (PARKED, ""))
    assert sorted((one.lead_id, one.content) for one in fleet.asked) == [("L1", "a"), ("L2", "a")]
