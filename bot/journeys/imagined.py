"""What a simulation is told, what it asks about messages, and what it tells."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from bot.journeys.course import Course, Moved
from bot.journeys.person import Person
from bot.journeys.step import Effect, Say

ASKED = "asked"


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that is to happen to him."""

    at: datetime
    #: event, form, created, approval (approved, refused), set, points, tag, untag, order, won, stage, quoted,
    #: segment, enter; put: enters whatever its rules say.
    what: str
    name: str
    object: str = ""
    value: Any = None
    #: Names this one time; made up if it has no name.
    source: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """A message that a step wants said."""

    at: datetime
    way: Course
    moved: Moved
    say: Say
    person: Person


@dataclass(frozen=True, slots=True)
class Answered:
    """What a planner made of it."""

    #: In a word, as the log of what happens has it: a channel, `rep`, `not_sent:capped`.
    note: str
    #: Whatever it stands on, for whoever tells it.
    why: Any = None
    #: When it comes to its end, and which, as the log says it; None where nobody knows.
    ends_at: datetime | None = None
    came_to: str = ""
    #: The occasion of another message that gives its place to this one.
    displaces: str = ""


class Planner(Protocol):
    """Decides whether, where and when a message would go."""

    async def __call__(self, asked: Asked) -> Answered:
        """Decide."""


async def unknown(asked: Asked) -> Answered:
    """Nobody is asked what would become of it."""
    del asked
    return Answered(ASKED)


@dataclass(frozen=True, slots=True)
class SimLine:
    """One step, or one entry, as it would be logged."""

    at: datetime
    journey: str
    place: str
    kind: str
    occurrence: int
    outcome: str
    note: str = ""
    effects: tuple[Effect, ...] = ()
    #: What the planner made of its message; None where it says nothing.
    said: Answered | None = None
    #: Where he goes from here; None at the end.
    to: str | None = None
    #: Until when he stays, if he does.
    until: datetime | None = None
    #: What his score is after it, where it changed.
    score: int | None = None
    #: As the version that he is in has the step.
    config: Any = None
