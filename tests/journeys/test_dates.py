"""Dates that customers bear: put off, brought forward."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from bot.journeys.course import course
from bot.journeys.imagined import Happening
from bot.journeys.person import Person
from bot.journeys.simulate import Simulation
from tests.conftest import NOW
from tests.journeys.fleet import with_journeys
from tests.journeys.walking import DAY, ON_FORM, did, fleet_of, said

UNTIL_END = {
    "enter": ON_FORM,
    "steps": [{"wait_until": "contract_end", "offset": "-7天", "at": "10:00"}, {"touch": "renewal"}],
}


def day(n: int) -> str:
    return (NOW + n * DAY).date().isoformat()


def at_ten(n: int) -> datetime:
    return (NOW + n * DAY).replace(hour=2, minute=0, second=0, microsecond=0)


EDITED = [(30, 395, at_ten(388)), (300, 30, at_ten(23)), (300, 8, NOW + 5 * DAY)]


@pytest.mark.parametrize(("first", "then", "told"), EDITED)
async def test_a_date_edited_while_somebody_waits_for_it(store, company, first, then, told):
    """He waits for the date as it is now: put off, brought forward, or over already."""
    fleet = await fleet_of(store, company, one=UNTIL_END)
    await fleet.lead("L7", custom={"contract_end": day(first)})
    await did(fleet, "form", "whitepaper", "L7")
    await fleet.pass_until(NOW + 5 * DAY)
    await did(fleet, "set", "contract_end", "L7", value=day(then))

    if told > fleet.now:
        await fleet.pass_until(told - timedelta(seconds=1))
        assert said(fleet) == []
        await fleet.pass_until(told)
    assert said(fleet) == ["renewal"]


@pytest.mark.parametrize(("first", "then", "told"), EDITED)
async def test_it_is_foretold_so(company, first, then, told):
    """The simulation of the same says the same."""
    own = with_journeys(company, {"one": UNTIL_END})
    fields = {"created_at": NOW, "status": "new", "contract_end": day(first)}
    ways = {key: course(key, 1, made) for key, made in own.journeys.items()}
    what = [
        Happening(NOW, "form", "whitepaper"),
        Happening(NOW + 5 * DAY, "set", "contract_end", value=day(then)),
    ]
    lines = await Simulation(own, Person("L1", own, fields), ways).play(
        what, begins_at=NOW, until=NOW + 400 * DAY
    )
    assert [one.at for one in lines if one.kind == "touch"] == [told]


async def test_another_field_wakes_nobody(store, company):
    """A change of something else, and of a date that no step names, is no step."""
    fleet = await fleet_of(store, company, one=UNTIL_END)
    await fleet.lead("L7", custom={"contract_end": day(30)})
    await did(fleet, "form", "whitepaper", "L7")
    await did(fleet, "set", "birthday", "L7", value="1990-01-01")

    [(_, _, made)] = await fleet.ways()
    assert len(made) == 1
