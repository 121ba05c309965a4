"""Dates that customers bear: put off or brought forward, far away, of a leap day, come to after an outage."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import update

from bot.journeys.course import course
from bot.journeys.imagined import Happening
from bot.journeys.person import Person
from bot.journeys.simulate import Simulation
from bot.journeys.sweeping import is_day
from bot.store.tables.leads import leads
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


@pytest.mark.parametrize(
    ("offset", "back"), [("700天", 700), ("3年", None), ("900天", 900), ("-900天", -900)]
)
async def test_a_far_day(store, company, offset, back):
    """Years after delivery, or before an end, are as good as days."""
    enter = [{"date": "delivered_on", "offset": offset, "at": "10:00"}]
    fleet = await fleet_of(store, company, one={"enter": enter, "steps": [{"touch": "a"}]})
    then = (NOW + 5 * DAY).date()
    on = then.replace(year=then.year - 3) if back is None else then - timedelta(days=back)
    await fleet.lead("L7", custom={"delivered_on": on.isoformat()})
    for _ in range(8):
        fleet.now += DAY
        await fleet.settle()
    assert said(fleet) == ["a"]


async def test_a_moment_on_a_leap_day(store, company):
    """A moment of 29 February has its yearly day on the 28th, as a date has; one of the 28th has it once."""
    enter = [{"date": "created_at", "yearly": True, "at": "10:00"}]
    one = {"enter": enter, "again": "always", "steps": [{"touch": "a"}]}
    fleet = await fleet_of(store, company, one=one)
    born = {"L6": date(2023, 2, 28), "L7": date(2024, 2, 29), "L8": date(2020, 2, 29)}
    for lead_id, on in born.items():
        await fleet.lead(lead_id)
        at = datetime(on.year, on.month, on.day, 4, tzinfo=UTC)
        await fleet.do(
            lambda desk, of=lead_id, at=at: desk.tx.run(
                update(leads).where(leads.c.id == of).values(created_at=at)
            )
        )
    told = []
    for year in (2027, 2028):
        for day_ in range(26, 32):
            fleet.now = datetime(year, 2, 1, 4, tzinfo=UTC) + day_ * DAY
            await fleet.settle()
            told += [(a.lead_id, fleet.now.date().isoformat()) for a in fleet.asked[len(told) :]]

    assert sorted(told) == [
        *(("L6", "2027-02-28"), ("L6", "2028-02-28")),
        *((lead_id, on) for lead_id in ("L7", "L8") for on in ("2027-02-28", "2028-02-29")),
    ]
    trigger = fleet.company.journeys["one"].enter[0]
    assert all(is_day(fleet.company, trigger, born[of], date.fromisoformat(on)) for of, on in told)


LATELY = [{"date": "birthday", "yearly": True, "at": "10:00"}, {"schedule": "每天 10:00"}]


@pytest.mark.parametrize("begins", LATELY)
async def test_a_day_found_late_counts_from_itself(store, company, begins):
    """After an outage what was due two days ago is not said as if it were today's."""
    only = {"field": "city", "op": "=", "value": "上海"}
    one = {"enter": [begins], "only": only, "again": "1天", "steps": [{"touch": "a", "late": "12小时"}]}
    fleet = await fleet_of(store, company, (), one=one)
    birthday = (NOW + DAY).date()
    await fleet.lead("L7", city="上海", custom={"birthday": birthday.replace(year=1990).isoformat()})
    fleet.now += 2 * DAY + timedelta(hours=20)
    await fleet.settle()

    assert [one.not_after for one in fleet.asked][:1] == [at_ten(1) + timedelta(hours=12)]
