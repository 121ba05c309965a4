"""Many people one step further, whoever carries it out: the store, a simulation, a replay of history."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Protocol, TypeAlias

from bot.journeys.alike import Alike
from bot.journeys.course import Course, Line, Moved, Sight, Standing, World
from bot.journeys.step import Effect, Say

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


#: Says many things at once, each to another or to the same, as if one after another; a word for each.
SayAll: TypeAlias = Callable[[Course, Sequence[tuple[Moved, Say]]], Awaitable[Sequence[str]]]


async def run(
    actor: Actor,
    ways: Mapping[str, Course],
    those: Iterable[Standing],
    world: World,
    *,
    rounds: int = ROUNDS,
    say: SayAll | None = None,
) -> int:
    """Move each whose time has come, together those who stand at the same place; how many steps.

    `ways` by standing's id. Whoever is not through after these rounds stays due. With `say`, what a place
    wants said to many is said at once; without, by `actor`, one after another.
    """
    # Whoever runs it, and whatever the ids are: the same order, so the same outcome.
    now = sorted(those, key=lambda one: (one.due or world.now, one.entered_at, ways[one.id].key))
    steps, alike = 0, Alike(world)
    unkept: list[tuple[Course, Moved]] = []
    for _ in range(rounds):
        if not now:
            break
        if unkept and any(ways[one.id].graph[one.place or ""].kind in _LOOKS_AT_OTHERS for one in now):
            await actor.keep(unkept)
            unkept = []
        made = await _round(actor, ways, now, alike, say)
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
    actor: Actor, ways: Mapping[str, Course], those: Sequence[Standing], alike: Alike, say: SayAll | None
) -> list[tuple[Course, Moved]]:
    made: list[tuple[Course, Moved]] = []
    for way, place, group in _groups(ways, those):
        sights = await actor.look(way, place, group)
        here = [one for one in group if one.id not in actor.ended] if actor.ended else group
        moved = alike.advance(way, place, here, sights)
        made += [(way, one) for one in await _acted(actor, way, moved, say)]
    return made


async def _acted(actor: Actor, way: Course, those: Sequence[Moved], say: SayAll | None) -> list[Moved]:
    """What the steps want, done; who was ended by what was done for another before him has made none."""
    if not any(one.effects for one in those):
        return list(those)
    said = [(one, effect) for one in those for effect in one.effects if isinstance(effect, Say)]
    if say is not None and len(said) == sum(len(one.effects) for one in those):
        notes = iter(await say(way, said)) if said else iter(())
        return [_noted(one, [next(notes) for _ in one.effects]) for one in those]
    return [
        _noted(one, [await actor.act(way, one, effect) for effect in one.effects])
        for one in those
        if one.after.id not in actor.ended
    ]


def _noted(moved: Moved, notes: Sequence[str]) -> Moved:
    if not notes:
        return moved
    place, occurrence, outcome, note, at = moved.line
    said = ",".join(filter(None, (note, *notes)))
    return Moved(moved.after, Line(place, occurrence, outcome, said, at), moved.effects)


def _groups(
    ways: Mapping[str, Course], those: Sequence[Standing]
) -> list[tuple[Course, str, list[Standing]]]:
    """By version and place, in the order in which they came."""
    found: dict[tuple[Course, str], list[Standing]] = {}
    for one in those:
        of = (ways[one.id], one.place or "")
        group = found.get(of)
        if group is None:
            group = found[of] = []
        group.append(one)
    return [(way, place, group) for (way, place), group in found.items()]
