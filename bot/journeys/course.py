"""One person one step further: pure, the same for what happens, what is simulated and what is replayed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

import bot.journeys.nodes
from bot.crm.company.journeys import Journey
from bot.crm.condition import Condition
from bot.crm.working_time import WorkingTime
from bot.journeys import expecting
from bot.journeys.graph import Graph, Place, build
from bot.journeys.step import TIME, Effect, Facts, Memory, Node, Step
from bot.kit.discover import discover

#: Steps on one way; whoever makes more goes in a circle.
MOST_STEPS: Final = 5_000
WAITS, GOAL, LEFT, END, TOO_LONG = "waits", "goal", "left", "end", "too_long"
_LOOP = "loop"


@cache
def nodes() -> dict[str, Node]:
    """Every kind of step, by its key."""
    return {
        name: node for name, node in discover(bot.journeys.nodes, "NODE").items() if isinstance(node, Node)
    }


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """One version of a journey, ready to be gone through."""

    key: str
    version: int
    journey: Journey
    graph: Graph = field(repr=False)

    def conditions(self, place: str) -> tuple[Condition, ...]:
        """What is asked of the lead before this step: goal, leaving, then the step's own."""
        at = self.graph[place]
        always = (one for one in (self.journey.goal, self.journey.leave) if one is not None)
        return (*always, *nodes()[at.kind].conditions(at.config))

    def fields(self, place: str) -> tuple[str, ...]:
        """Fields of the lead that are read here."""
        at = self.graph[place]
        zone = (self.journey.zone_by,) if self.journey.zone_by else ()
        return (*zone, *nodes()[at.kind].fields(at.config))


def course(key: str, version: int, journey: Journey) -> Course:
    """Make it ready."""
    return Course(key, version, journey, build(journey))


@dataclass(slots=True)
class Standing:
    """Where somebody is on his way; as a row holds it."""

    id: str
    lead_id: str
    person: str
    place: str | None
    due: datetime | None
    entered_at: datetime
    woken: str = ""
    #: Since when he waits for something to happen.
    awaits_since: datetime | None = None
    memory: Memory = field(default_factory=Memory)
    n: int = 0
    slot: str = ""
    ended_at: datetime | None = None
    ended_how: str = ""

    def learn(self, word: str, said: str) -> None:
        """What texts to him, and to nobody else who stands alike, may say from now on."""
        self.memory = self.memory.copy()
        self.memory.words[word] = said

    def forget(self, word: str) -> None:
        """Texts to him do not say this any more."""
        self.memory = self.memory.copy()
        self.memory.words.pop(word, None)

    def over(self, how: str, now: datetime) -> Standing:
        """As he stands when it is over for him."""
        return Standing(
            self.id, self.lead_id, self.person, None, None, self.entered_at, memory=self.memory,
            n=self.n + 1, slot=self.slot, ended_at=now, ended_how=how,
        )  # fmt: skip


class Sight(NamedTuple):
    """One lead as a step sees it."""

    holds: Callable[[Condition], bool]
    value: Callable[[str], object]


class Line(NamedTuple):
    """One step made, for the log."""

    place: str
    occurrence: int
    outcome: str
    note: str
    at: datetime


class Moved(NamedTuple):
    """What one step makes of somebody; nothing of it has happened yet."""

    #: As he stands afterwards.
    after: Standing
    line: Line
    effects: tuple[Effect, ...] = ()


@dataclass(frozen=True, slots=True)
class World:
    """What is the same for everybody at this moment."""

    now: datetime
    zone: ZoneInfo
    working: WorkingTime


def advance(way: Course, standing: Standing, world: World, sight: Sight) -> Moved:
    """One step: has he arrived, has he no business here any more, else what the node says."""
    if standing.place is None:
        raise ValueError(standing.id)
    place, memory = way.graph[standing.place], standing.memory.copy()
    # Whoever was here already and was woken by nothing else was woken by time.
    woken = standing.woken or (TIME if memory.waits == place.id else "")
    occurrence = memory.times.get(place.id, 0) + (0 if woken else 1)
    if memory.came and not woken:
        woken = expecting.taken(memory, place.id)
    ended = _ended(way.journey, standing, sight)
    if ended:
        return _over(standing, place, occurrence, ended, "", world.now)
    memory.times[place.id] = occurrence
    node = nodes()[place.kind]
    person = standing.person if node.personal else ""
    facts = Facts(
        now=world.now, due=standing.due or world.now, zone=_zone(way.journey, world, sight),
        working=world.working, journey=way.key, place=place.id, person=person,
        occurrence=_round(memory, place) if place.kind == _LOOP else occurrence,
        woken=woken, holds=sight.holds, value=sight.value,
    )  # fmt: skip
    step = node.run(place.config, facts)
    if place.kind in expecting.SPEAKS:
        expecting.said(memory, way.graph, place.id, world.now)
    if step.ends:
        return _over(standing, place, occurrence, step.ends, step.note, world.now, step.effects)
    return _on(standing, place, step, memory, occurrence, facts)


def _ended(journey: Journey, standing: Standing, sight: Sight) -> str:
    if journey.goal is not None and sight.holds(journey.goal):
        return GOAL
    if journey.leave is not None and sight.holds(journey.leave):
        return LEFT
    return TOO_LONG if standing.n >= MOST_STEPS else ""


def _round(memory: Memory, place: Place) -> int:
    """Which round of a loop begins; counted from anew when somebody comes back to it later."""
    key = f"@{place.id}"
    memory.times[key] = memory.times.get(key, 0) + 1
    return memory.times[key]


def _zone(journey: Journey, world: World, sight: Sight) -> ZoneInfo:
    """His own clock, if we know where he is."""
    said = sight.value(journey.zone_by) if journey.zone_by else None
    return zone_named(str(said)) or world.zone if said else world.zone


@cache
def zone_named(name: str) -> ZoneInfo | None:
    """The time zone of this name; None if there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def _over(  # noqa: PLR0917 - one step's parts
    standing: Standing, place: Place, occurrence: int, how: str, note: str, now: datetime,
    effects: tuple[Effect, ...] = (),
) -> Moved:  # fmt: skip
    return Moved(standing.over(how, now), Line(place.id, occurrence, how, note, now), effects)


def _on(  # noqa: PLR0917 - one step's parts
    standing: Standing, place: Place, step: Step, memory: Memory, occurrence: int, facts: Facts
) -> Moved:
    line = Line(place.id, occurrence, step.way or WAITS, step.note, facts.now)
    memory.waits = "" if step.way else place.id
    if not step.way:
        after = Standing(
            standing.id, standing.lead_id, standing.person, standing.place, step.until, standing.entered_at,
            awaits_since=facts.now if step.awaits else None, memory=memory, n=standing.n + 1,
            slot=standing.slot,
        )  # fmt: skip
        return Moved(after, line, step.effects)
    if place.kind == "split":
        memory.arms[place.config.split] = step.way
    if place.kind == _LOOP and step.way == "done":
        memory.times.pop(f"@{place.id}", None)
    to = place.ways[step.way]
    after = Standing(
        standing.id, standing.lead_id, standing.person, to, None if to is None else facts.due,
        standing.entered_at, memory=memory, n=standing.n + 1, slot=standing.slot,
        ended_at=facts.now if to is None else None, ended_how=END if to is None else "",
    )  # fmt: skip
    return Moved(after, line, step.effects)
