"""Whether a step of one version is a step of another: a name that was only given to it says little."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.crm.company.journey_steps import Step, Steps, kind_of
from bot.crm.company.journey_walk import inside
from bot.journeys.course import Course

_Said = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where in the file a step stands."""

    #: What it says itself, and what the steps around it say, from the outermost.
    said: Any
    around: _Said = ()
    before: _Said = ()
    after: _Said = ()


def is_same(old: Course, new: Course, place: str) -> bool:
    """Whether somebody who stands here may go on by the new version.

    A step with an `id` is the one with this id. Any other has to say the same, inside the same steps,
    and everything before it or everything after it has to be as it was: then he has had what the new
    version has up to here, or goes on as he would have gone.
    """
    if place not in new.graph.places or new.graph[place].kind != old.graph[place].kind:
        return False
    if old.graph[place].config.id == new.graph[place].config.id == place:
        return True
    was, becomes = _spot(old, place), _spot(new, place)
    return (was.said, was.around) == (becomes.said, becomes.around) and (
        was.before == becomes.before or was.after == becomes.after
    )


def _spot(way: Course, place: str) -> _Spot:
    names = {id(one.config): one.id for one in way.graph.places.values()}
    return next(spot for name, spot in _spots(way.journey.steps, _Spot(None), names) if name == place)


def _spots(steps: Steps, outer: _Spot, names: dict[int, str]) -> Iterator[tuple[str, _Spot]]:
    whole = tuple(_whole(step) for step in steps)
    for n, step in enumerate(steps):
        name, parts = names[id(step)], tuple(inside(step))
        here = _Spot(
            _alone(step),
            outer.around,
            (*outer.before, whole[:n]),
            (tuple(_all(inner) for _, inner in parts), whole[n + 1 :], *outer.after),
        )
        yield name, here
        for way, inner in parts:
            # Rounds and arms are remembered by the name of the step that has them.
            around = (*here.around, (name, here.said, way))
            after = (whole[n + 1 :], *outer.after)
            yield from _spots(inner, _Spot(None, around, here.before, after), names)


def _alone(step: Step) -> _Said:
    """What it says without the steps inside it, and without its name."""
    said = step.model_dump(mode="json", exclude={"id"})
    for way, _ in inside(step):
        *path, last = ("otherwise" if part == "else" else part for part in way)
        at: Any = said
        for part in path:
            at = at[part]
        # To go on at once when nobody answers is another thing than to go where a refusal goes.
        at[last] = at[last] is not None
    return kind_of(step), said


def _whole(step: Step) -> _Said:
    return _alone(step), tuple(_all(inner) for _, inner in inside(step))


def _all(steps: Steps) -> _Said:
    return tuple(_whole(step) for step in steps)
