"""Many people one step further, whoever carries it out: the store, a simulation, a replay of history."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from bot.journeys.course import Course, Line, Moved, Sight, Standing, World, advance
from bot.journeys.step import Effect

#: Steps of one person in one go; who has more waits his turn.
ROUNDS = 12
#: Steps that ask where somebody else stands: it is put down before.
_LOOKS_AT_OTHERS = frozenset(("enter", "leave"))


class Actor(Protocol):
    """Who knows the leads, and does what the steps want."""

    #: Ways that another one's step has ended in this unit: nothing more is done on them.
    ended: set[str]

    async def look(self, way: Course, place: str, those: Sequence[Standing]) -> Mapping[str, Sight]:
        """These leads as they are now, by the standing's id; one that is missing does not exist any more."""

    async def act(self, way: Course, moved: Moved, effect: Effect) -> str:
        """Do it; what became of it, in a word for the log. May add to the standing's memory."""

    async def keep(self, made: Sequence[tuple[Course, Moved]]) -> None:
        """Put down where they stand and what was done."""


GONE = "gone"


async def run(
    actor: Actor, ways: Mapping[str, Course], those: Iterable[Standing], world: World, *, rounds: int = ROUNDS
) -> int:
    """Move each whose time has come, together those who stand at the same place; how many steps.

    `ways` by standing's id. Whoever is not through after these rounds stays due.
    """
    # Whoever runs it, and whatever the ids are: the same order, so the same outcome.
    now = sorted(those, key=lambda one: (one.due or world.now, one.entered_at, ways[one.id].key))
    steps = 0
    unkept: list[tuple[Course, Moved]] = []
    for _ in range(rounds):
        if not now:
            break
        if unkept and any(ways[one.id].graph[one.place or ""].kind in _LOOKS_AT_OTHERS for one in now):
            await actor.keep(unkept)
            unkept = []
        made = await _round(actor, ways, now, world)
        unkept += made
        steps += len(made)
        now = [m.after for _, m in made if is_due(m.after, world) and m.after.id not in actor.ended]
    if unkept:
        await actor.keep(unkept)
    return steps


def is_due(standing: Standing, world: World) -> bool:
    """Whether his time has come."""
    return standing.place is not None and standing.due is not None and standing.due <= world.now


async def _round(
    actor: Actor, ways: Mapping[str, Course], those: Sequence[Standing], world: World
) -> list[tuple[Course, Moved]]:
    made: list[tuple[Course, Moved]] = []
    for way, place, group in _groups(ways, those):
        sights = await actor.look(way, place, group)
        for standing in group:
            if standing.id in actor.ended:
                continue
            sight = sights.get(standing.id)
            moved = _gone(standing, world) if sight is None else advance(way, standing, world, sight)
            made.append((way, await _acted(actor, way, moved)))
    return made


async def _acted(actor: Actor, way: Course, moved: Moved) -> Moved:
    if not moved.effects:
        return moved
    notes = [moved.line.note, *[await actor.act(way, moved, effect) for effect in moved.effects]]
    line = replace(moved.line, note=",".join(note for note in notes if note))
    return replace(moved, line=line)


def _gone(standing: Standing, world: World) -> Moved:
    after = replace(
        standing, place=None, due=None, woken="", awaits_since=None, n=standing.n + 1,
        ended_at=world.now, ended_how=GONE,
    )  # fmt: skip
    return Moved(after, Line(standing.place or "", 0, GONE, "", world.now))


def _groups(
    ways: Mapping[str, Course], those: Sequence[Standing]
) -> list[tuple[Course, str, list[Standing]]]:
    """By version and place, in the order in which they came."""
    found: dict[tuple[str, int, str], tuple[Course, str, list[Standing]]] = {}
    for one in those:
        way, place = ways[one.id], one.place or ""
        found.setdefault((way.key, way.version, place), (way, place, []))[2].append(one)
    return list(found.values())
