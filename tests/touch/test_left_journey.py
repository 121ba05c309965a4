"""A message that waits for its hour is not sent to somebody who has left its journey meanwhile."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from bot.crm.company.journeys import Journey
from bot.crm.touching import TouchState
from bot.crm.user import Role, User
from bot.intake.merge import merge
from bot.journeys.entering import keep_one, known_of
from bot.store import enrollments, journeys
from bot.store.desk import Desk
from bot.store.enrollments import Row
from bot.store.tables.leads import leads
from tests.touch.house import House
from tests.touch.test_sending import drain

KEY = "journey:w1:touch-a:1"


async def asked(house: House) -> None:
    """L1 is in a journey, and it has asked for a mail."""

    async def enter(desk: Desk) -> None:
        await journeys.put(desk, "one", 1, journeys.LIVE, by="m")
        row = Row(
            id="w1", journey="one", version=1, lead_id="L1", person="L1", entered_at=desk.now, place="b", memory={}
        )  # fmt: skip
        await enrollments.enter(desk.tx, row)

    await house.unit(enter)
    await house.ask(KEY, journey="one")


@pytest.mark.parametrize("how", ["stopped", "left", "goal", "merged"])
async def test_who_is_out_gets_nothing_more(lite_house, how):
    """However he left: the row says why, and its place under the cap is free."""
    await asked(lite_house)
    await lite_house.unit(lambda desk: enrollments.end(desk, "w1", how))
    await drain(lite_house)
    row = await lite_house.row(KEY)

    assert lite_house.sent() == []
    assert (row.state, row.reason) == (TouchState.SKIPPED, "gone")
    await lite_house.ask("k2", content="news1")
    await drain(lite_house)
    assert len(lite_house.sent()) == 1


async def test_who_came_to_the_end_gets_what_was_said_there(lite_house):
    await asked(lite_house)
    await lite_house.unit(lambda desk: enrollments.end(desk, "w1", "end"))
    await drain(lite_house)

    assert len(lite_house.sent()) == 1


@pytest.mark.parametrize("score", [59, 60])
async def test_who_reached_the_goal_while_it_waited_gets_it_no_more(house, score):
    """His way stands at a pause and learns of it later; what waits for the morning looks for itself."""
    goal = {"field": "score", "op": ">=", "value": 60}
    enter, steps = [{"form": "whitepaper"}], [{"touch": "a"}, {"wait": "3天"}]
    said = Journey.model_validate_json(
        json.dumps({"name": "一", "enter": enter, "goal": goal, "steps": steps})
    )
    await house.unit(lambda desk: journeys.publish(desk, "one", said, by="m"))
    house.push(hours=13)
    await asked(house)
    await drain(house)
    assert house.sent() == []

    await house.unit(lambda desk: desk.tx.run(update(leads).where(leads.c.id == "L1").values(score=score)))
    house.push(hours=11)
    await drain(house)

    is_reached = score == 60
    assert len(house.sent()) == (not is_reached)
    assert (await house.row(KEY)).reason == ("gone" if is_reached else "")


async def test_a_stopped_journey_says_nothing_more_at_once(house):
    """Also before everybody in it was let out."""
    await asked(house)
    await house.unit(lambda desk: journeys.put(desk, "one", 1, journeys.STOPPED, by="m"))
    await drain(house)

    assert house.sent() == []
    assert (await house.row(KEY)).reason == "gone"


async def test_a_paused_journey_says_it_later(lite_house):
    """Nothing while it rests; when it goes on, the message that is still in time goes too."""
    await asked(lite_house)
    await lite_house.unit(lambda desk: journeys.put(desk, "one", 1, journeys.PAUSED, by="m"))
    await drain(lite_house)
    lite_house.push(minutes=30)
    await drain(lite_house)
    assert lite_house.sent() == []
    assert (await lite_house.row(KEY)).state is TouchState.PLANNED

    await lite_house.unit(lambda desk: journeys.put(desk, "one", 1, journeys.LIVE, by="m"))
    lite_house.push(minutes=11)
    await drain(lite_house)

    assert len(lite_house.sent()) == 1


@pytest.mark.parametrize("first", ["L1", "L2"])
@pytest.mark.parametrize("asked_first", ["L1", "L2"])
async def test_two_records_that_wait_for_the_same_message_get_it_once(house, first, asked_first):
    """They are merged before its hour: whichever way goes on, what it has asked for goes."""
    boss = User(id="boss", name="周", role=Role.EXECUTIVE, region="", team="")
    await house.hire(boss)
    await house.lead("L2", n=2)

    async def enter(desk: Desk) -> None:
        for lead_id in ("L1", "L2"):
            row = Row(
                id=f"w{lead_id}", journey="one", version=1, lead_id=lead_id, person=lead_id, place="b",
                entered_at=desk.now - timedelta(hours=2 if lead_id == first else 1), memory={},
            )  # fmt: skip
            await enrollments.enter(desk.tx, row)

    async def follow(desk: Desk) -> None:
        await keep_one(desk, await known_of(desk, ["L1"]), "L1", "one")

    await house.unit(enter)
    house.push(hours=13)
    for lead_id in sorted(("L1", "L2"), key=lambda one: one != asked_first):
        await house.ask(f"journey:w{lead_id}:touch:1", lead_id, journey="one")
        house.push(seconds=1)
    await house.unit(lambda desk: merge(desk, "L1", "L2", by=boss, how="card"))
    await house.unit(follow)
    house.push(hours=11)
    await drain(house)
    rows = {row.key: (row.state, row.reason) for row in await house.rows()}

    assert len(house.sent()) == 1
    assert rows.pop(f"journey:w{first}:touch:1") == (TouchState.SENT, "")
    assert [*rows.values()] == [(TouchState.SKIPPED, "gone")]
