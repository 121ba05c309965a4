"""Who stands alike and sees the same makes the same step: worked out once, and given to each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from bot.journeys.course import Course, Line, Moved, Sight, Standing, World, advance, nodes
from bot.journeys.step import Memory

GONE = "gone"


class Alike:
    """The steps of one unit: of hundreds at the same place few stand differently."""

    def __init__(self, world: World) -> None:
        self._world = world
        #: With the memory each began with, so that its id is its own as long as this lives.
        self._made: dict[tuple[Any, ...], tuple[Memory, Moved]] = {}
        self._memories: dict[bytes, Memory] = {}

    def advance(
        self, way: Course, place: str, those: Sequence[Standing], sights: Mapping[str, Sight]
    ) -> list[Moved]:
        """One step of each of these, who stand at one place; who is not in sight exists no more."""
        one_step = self._alone if nodes()[way.graph[place].kind].personal else self._shared
        moved = []
        for one in those:
            sight = sights.get(one.id)
            moved.append(_gone(one, self._world) if sight is None else one_step(way, one, sight))
        return moved

    def _shared(self, way: Course, one: Standing, sight: Sight) -> Moved:
        key = (way, one.place, one.due, one.woken, one.awaits_since, one.n, id(one.memory), sight)
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = (one.memory, advance(way, one, self._world, sight))
        # What is kept is nobody's own: whoever learns something learns it in a standing of his.
        after, line, effects = found[1]
        return Moved(
            Standing(
                one.id, one.lead_id, one.person, after.place, after.due, one.entered_at, after.woken,
                after.awaits_since, after.memory, after.n, one.slot, after.ended_at, after.ended_how,
            ),
            line,
            effects,
        )  # fmt: skip

    def _alone(self, way: Course, one: Standing, sight: Sight) -> Moved:
        """Each for himself; those who come out of it alike go on together."""
        made = advance(way, one, self._world, sight)
        after = made.after
        after.memory = self._memories.setdefault(orjson.dumps(after.memory.spell()), after.memory)
        return made


def _gone(standing: Standing, world: World) -> Moved:
    line = Line(standing.place or "", 0, GONE, "", world.now)
    return Moved(standing.over(GONE, world.now), line)
