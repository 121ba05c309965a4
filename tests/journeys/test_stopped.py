"""Whoever was in a journey when it was stopped is out, whatever becomes of the journey afterwards."""

from __future__ import annotations

import pytest

from bot.journeys import publishing
from bot.journeys.book import Shelf
from bot.store import enrollments, journeys
from bot.store.desk import Desk
from tests.journeys.fleet import journey
from tests.journeys.walking import DAY, ON_FORM, did, fleet_of, said

STEPS = {"enter": ON_FORM, "steps": [{"wait": "3天"}, {"touch": "b"}]}


@pytest.mark.parametrize("state", [journeys.LIVE, journeys.PAUSED])
async def test_a_stop_is_a_stop_also_if_it_runs_again_at_once(store, company, state):
    """Before anybody was let out; who enters afterwards goes his way."""
    fleet = await fleet_of(store, company, leads_of=("L1", "L2"), one=STEPS)
    await did(fleet, "form", "whitepaper")

    async def stopped(desk: Desk) -> None:
        for one in (journeys.STOPPED, state, journeys.LIVE):
            await journeys.put(desk, "one", 1, one, by="m")

    await fleet.do(stopped)
    await did(fleet, "form", "whitepaper", "L2")
    fleet.now += 5 * DAY
    await fleet.settle()
    rows = await fleet.do(lambda desk: enrollments.of_leads(desk.tx, ["L1", "L2"]))

    assert {row.lead_id: row.ended_how for row in rows} == {"L1": "stopped", "L2": "end"}
    assert said(fleet) == ["b"]


async def test_to_pause_and_resume_lets_nobody_out(lite, company):
    fleet = await fleet_of(lite, company, one=STEPS)
    await did(fleet, "form", "whitepaper")
    for state in (journeys.PAUSED, journeys.LIVE):
        await fleet.do(lambda desk, state=state: journeys.put(desk, "one", 1, state, by="m"))
    fleet.now += 5 * DAY
    await fleet.settle()

    assert said(fleet) == ["b"]


@pytest.mark.parametrize(
    ("state", "then", "told"),
    [
        (journeys.PAUSED, journeys.PAUSED, "发布后仍然暂停"),
        (journeys.STOPPED, journeys.LIVE, "发布后重新运行"),
        (journeys.LIVE, journeys.LIVE, ""),
    ],
)
async def test_a_publication_says_what_becomes_of_one_that_does_not_run(lite, company, state, then, told):
    """What rests goes on resting until it is told otherwise."""
    fleet = await fleet_of(lite, company, one=STEPS)
    await fleet.do(lambda desk: journeys.put(desk, "one", 1, state, by="m"))
    new = journey({"enter": ON_FORM, "steps": [{"wait": "3天"}, {"touch": "a"}]})
    plan = await fleet.do(lambda desk: publishing.plan(desk, Shelf(), "one", new))
    await fleet.do(lambda desk: publishing.publish(desk, Shelf(), "one", new, by="m", move=False))

    assert (await fleet.do(lambda desk: journeys.states(desk.tx)))["one"].state == then
    assert told in "".join(plan.notices)
    assert bool(plan.notices) is bool(told)
