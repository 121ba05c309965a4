"""A unit is a set: whoever stands at the same place is moved by the same statements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.journeys import engine
from bot.journeys.simulate import Happening
from bot.store.tx import Tx
from tests.journeys.fleet import Fleet
from tests.journeys.walking import DAY, ON_FORM, fleet_of

STEPS = [
    {"wait": "1天"},
    {"branch": [{"when": {"field": "score", "op": ">=", "value": 0}, "steps": []}], "else": [{"exit": "否"}]},
    {"touch": "a"},
]


class Counting:
    """A Tx that counts what it is asked for."""

    def __init__(self, tx: Tx) -> None:
        self._tx = tx
        self.statements = 0

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._tx, name)

        async def counted(*args: Any, **params: Any) -> Any:
            self.statements += 1
            return await found(*args, **params)

        return counted


async def _moved(fleet: Fleet, people: Sequence[str]) -> tuple[int, int]:
    """Statements and steps of the unit in which their wait is over."""
    for one in people:
        await fleet.lead(one, city="上海", external_id=one)
        await fleet.happen(Happening(fleet.now, "form", "whitepaper"), one)
    await fleet.settle()
    fleet.now += DAY
    counted: list[int] = []

    async def work(desk: Any) -> engine.Stepped:
        counting = Counting(desk.tx)
        own = type(desk)(counting, desk.company, desk.now, desk.vault, desk.random_bytes)
        stepped = await engine.step(own, fleet.shelf, fleet.request, most=100)
        counted.append(counting.statements)
        return stepped

    stepped = await fleet.do(work)
    return counted[0], stepped.steps


async def test_the_statements_of_a_unit_do_not_grow_with_the_people_in_it(lite, company):
    """Two and then twenty: three steps each, by as many statements."""
    fleet = await fleet_of(lite, company, one={"enter": ON_FORM, "steps": STEPS})
    few, steps = await _moved(fleet, ["A1", "A2"])
    many, more = await _moved(fleet, [f"B{n}" for n in range(20)])

    assert (steps, more) == (2 * 3, 20 * 3)
    assert many == few
    assert len(fleet.asked) == 22
