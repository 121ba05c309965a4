"""A journey's steps as places and the ways between them, so that somebody can stand at one for months."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.crm.company.journey_steps import Approve, Branch, Loop, Split, Step, Steps, Touch, WaitFor, kind_of
from bot.crm.company.journey_walk import walk_steps
from bot.crm.company.journeys import Journey

_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Place:
    """One step and where it leads; None is the end."""

    id: str
    kind: str
    config: Any
    ways: Mapping[str, str | None]


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """All places of a journey."""

    places: Mapping[str, Place]
    first: str | None

    def __getitem__(self, place: str) -> Place:
        return self.places[place]


@dataclass(slots=True)
class _Builder:
    places: dict[str, Place] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)
    names: dict[int, str] = field(default_factory=dict)
    #: The last number behind each name: of thousands alike nobody counts from one again.
    numbers: dict[str, int] = field(default_factory=dict)

    def unused(self, name: str) -> str:
        """This name, or it and a number."""
        found, n = name, self.numbers.get(name, 1)
        while found in self.taken:
            n += 1
            found = f"{name[: _LONGEST - 4]}-{n}"
        self.numbers[name] = n
        self.taken.add(found)
        return found

    def chain(self, steps: Steps, then: str | None) -> str | None:
        """Put these steps down before `then`; where they begin."""
        for step in reversed(steps):
            then = self._place(step, then)
        return then

    def _place(self, step: Step, then: str | None) -> str:
        name, kind = self.names[id(step)], kind_of(step)
        ways: dict[str, str | None]
        match step:
            case Branch():
                ways = {str(n): self.chain(arm.steps, then) for n, arm in enumerate(step.branch, 1)}
                ways["else"] = self.chain(step.otherwise, then)
            case Split():
                ways = {arm.name: self.chain(arm.steps, then) for arm in step.arms}
                ways["hold_out"] = then
            case WaitFor():
                ways = {"then": self.chain(step.then, then), "else": self.chain(step.otherwise, then)}
            case Approve():
                no = self.chain(step.otherwise, then)
                late = no if step.timeout is None else self.chain(step.timeout, then)
                ways = {"then": self.chain(step.then, then), "else": no, "timeout": late}
            case Loop():
                ways = {"again": self.chain(step.loop, name), "done": then}
            case _:
                ways = {"next": then}
        self.places[name] = Place(name, kind, step, ways)
        return name


def walk(steps: Steps) -> Iterator[Step]:
    """Every step, in the order of the file, those inside others too."""
    return walk_steps(steps)


def build(journey: Journey) -> Graph:
    """Give each step a place of its own."""
    builder = _Builder()
    steps = list(walk(journey.steps))
    builder.taken = {step.id for step in steps if step.id}
    for step in steps:
        builder.names[id(step)] = step.id or builder.unused(_called(step))
    return Graph(builder.places, builder.chain(journey.steps, None))


def _called(step: Step) -> str:
    """A name that stays when steps around it come and go."""
    kind = kind_of(step)
    said = step.touch if isinstance(step, Touch) else ""
    return (f"{kind}-{said}" if said else kind)[:_LONGEST].rstrip("-")
