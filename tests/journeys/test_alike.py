"""Who stands alike makes the same step, and yet each goes his own way from there."""

from __future__ import annotations

import json
from datetime import timedelta

from bot.crm.company.journeys import Journey
from bot.journeys.alike import GONE, Alike
from bot.journeys.course import Sight, Standing, World, advance, course
from bot.journeys.step import Memory
from tests.conftest import NOW

SIGHT = Sight(lambda _: True, lambda _: None)


def _way(*steps):
    text = {"name": "三步", "enter": [{"manual": True}], "steps": steps}
    return course("three", 1, Journey.model_validate_json(json.dumps(text)))


def _people(way, count):
    """All with one memory, as a batch reads them."""
    memory = Memory(words={"x": "y"})
    return [
        Standing(
            f"e{n}", f"L{n}", f"P{n}", way.graph.first, NOW, NOW - timedelta(n), memory=memory, slot=str(n)
        )
        for n in range(count)
    ]


def _world(company):
    return World(NOW, company.org.zone, company.working_time)


def _sights(people):
    return {one.id: SIGHT for one in people}


def test_each_is_moved_as_if_he_were_alone(company):
    world = _world(company)
    split = {"split": "a", "arms": [{"name": name, "percent": 50, "steps": []} for name in "AB"]}
    for steps in ([{"wait": "1天"}], [{"coupon": "s"}, {"wait": "1天"}], [split, {"wait": "1天"}]):
        way = _way(*steps)
        people = _people(way, 40)
        alone = [advance(way, one, world, SIGHT) for one in people]

        assert Alike(world).advance(way, way.graph.first, people, _sights(people)) == alone


def test_what_one_learns_nobody_else_knows(company):
    way, alike = _way({"coupon": "s"}, {"wait": "1天"}), Alike(_world(company))
    people = _people(way, 3)
    first, second = alike.advance(way, way.graph.first, people[:2], _sights(people))
    first.after.learn("coupon", "c1")
    (third,) = alike.advance(way, way.graph.first, people[2:], _sights(people))

    assert [one.after.memory.words.get("coupon") for one in (first, second, third)] == ["c1", None, None]
    assert people[0].memory.words == {"x": "y"}


def test_who_is_not_in_sight_is_out(company):
    way = _way({"wait": "1天"})
    people = _people(way, 2)
    here, gone = Alike(_world(company)).advance(way, way.graph.first, people, {"e0": SIGHT})

    assert (here.line.outcome, gone.line.outcome, gone.after.ended_how) == ("waits", GONE, GONE)
