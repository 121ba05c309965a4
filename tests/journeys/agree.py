"""What is simulated is what happens: the same life through both, compared row for row."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from bot.crm.company import Company
from bot.journeys.course import course
from bot.journeys.person import Person
from bot.journeys.simulate import SimLine, Simulation
from bot.store import Store
from tests.conftest import NOW
from tests.journeys.fleet import Fleet, with_journeys
from tests.journeys.generate import Maker

DAYS = 40


def _lines(simulation: Simulation) -> list[tuple[Any, ...]]:
    return sorted(_plain(one) for one in simulation.lines)


def _plain(one: SimLine) -> tuple[Any, ...]:
    return (one.journey, one.at, one.place, one.occurrence, one.outcome, one.note)


async def compare(seed: int, store: Store, company: Company) -> tuple[list[Any], list[Any]]:
    """Steps as they were made, and as they were foretold."""
    maker = Maker(seed)
    own = with_journeys(company, maker.pair())
    life, lead = maker.life(NOW, DAYS), f"L{seed}"
    fleet = Fleet(store, own, NOW)
    await fleet.lead(lead, city="上海", created_at=NOW, external_id=lead)
    await fleet.define()
    await fleet.settle()
    for one in life:
        await _pass(fleet, one.at)
        await fleet.happen(one, lead)
        await fleet.settle()
    until = NOW + timedelta(days=DAYS + 60)
    await _pass(fleet, until)
    happened = sorted(
        (journey, at, place, occurrence, outcome, note)
        for journey, _, steps in await fleet.ways()
        for at, place, occurrence, outcome, note in steps
    )
    person = Person(lead, own, {"city": "上海", "created_at": NOW, "score": 0, "status": "new"})
    ways = {key: course(key, 1, made) for key, made in own.journeys.items()}
    simulation = Simulation(own, person, ways, planner=lambda *_: "email")
    await simulation.play(life, begins_at=NOW, until=until)
    return happened, _lines(simulation)


async def _pass(fleet: Fleet, moment: Any) -> None:
    """Stop at each due moment and at each moment of a walk through everybody."""
    from bot.journeys.sweeping import next_moment, triggers

    ways = [(way.journey, trigger) for way in _courses(fleet) for _, trigger in triggers(way)]
    while True:
        moments = [next_moment(fleet.company, trigger, fleet.now) for _, trigger in ways]
        nearest = min([m for m in moments if m <= moment], default=None)
        if nearest is None:
            break
        await fleet.pass_until(nearest)
    await fleet.pass_until(moment)


def _courses(fleet: Fleet) -> list[Any]:
    return [course(key, 1, made) for key, made in fleet.company.journeys.items()]
