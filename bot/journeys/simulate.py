"""One person's way through journeys, day by day: the same course and the same runner under another clock.

Nothing is sent and nothing is written. What becomes of a message is what the planner says that it is
given; without one, each message is said to be asked for.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot.crm.company import Company
from bot.crm.company.journey_steps import Approve
from bot.crm.company.journey_triggers import OnDate
from bot.journeys import expecting
from bot.journeys import step as steps
from bot.journeys.admission import Before, NotAdmitted, admit, turn
from bot.journeys.course import Course, Moved, Sight, Standing, World
from bot.journeys.entering import ONCE
from bot.journeys.imagined import ASKED, Answered, Asked, Happening, Planner, SimLine, unknown
from bot.journeys.matching import Occurred, asks_nth, begins
from bot.journeys.person import LIFECYCLE, Did, Order, Person
from bot.journeys.runner import run
from bot.journeys.simulate_segments import Membership
from bot.journeys.simulate_touched import Ends
from bot.journeys.step import TIME, Effect, Memory
from bot.journeys.sweeping import is_day, next_moment, triggers
from bot.journeys.touched import is_in_vain

__all__ = [
    "ASKED", "Answered", "Asked", "Happening", "Planner", "SimLine", "Simulation", "unknown",
]  # fmt: skip
#: Turns at one moment; more is a circle that the check did not see.
_TURNS = 500


@dataclass(slots=True)
class _Hours:
    hour: str = ""
    entered: int = 0


@dataclass(slots=True)
class Simulation:
    """One person, some journeys, a clock that is pushed."""

    company: Company
    person: Person
    ways: Mapping[str, Course]
    planner: Planner = unknown
    #: By what happens to him he comes into segments; else he is told of them, as of all that happened.
    moves: bool = True
    lines: list[SimLine] = field(default_factory=list)
    refused: list[tuple[datetime, str, NotAdmitted]] = field(default_factory=list)
    #: Segments that he came into, and when.
    came_into: list[tuple[datetime, str]] = field(default_factory=list)
    now: datetime = field(init=False)
    ended: set[str] = field(default_factory=set)
    _standing: dict[str, tuple[Course, Standing]] = field(default_factory=dict)
    _before: dict[str, list[tuple[datetime, str, str]]] = field(default_factory=dict)
    _marks: list[Occurred] = field(default_factory=list)
    _hours: dict[str, _Hours] = field(default_factory=dict)
    _swept: dict[tuple[str, str], datetime] = field(default_factory=dict)
    _said: dict[tuple[str, int], Answered] = field(default_factory=dict)
    _scored: dict[tuple[str, int], int] = field(default_factory=dict)
    _inside: Membership | None = None
    _ends: Ends = field(default_factory=Ends)
    #: Lines of messages, by occasion: what becomes of one is told later.
    _line_of: dict[str, int] = field(default_factory=dict)
    _count: itertools.count[int] = field(default_factory=itertools.count)

    async def play(
        self, happenings: Sequence[Happening], *, begins_at: datetime, until: datetime
    ) -> list[SimLine]:
        """From one moment to another; every line of it."""
        self.now = begins_at
        for way in self.ways.values():
            for name, _ in triggers(way):
                self._swept[way.key, name] = begins_at
        if self.moves:
            self._inside = Membership.of(self.person, self.ways.values(), begins_at)
        waiting = [(one.at, n, one) for n, one in enumerate(happenings)]
        heapq.heapify(waiting)
        while True:
            due = min((s.due for _, s in self._standing.values() if s.due is not None), default=None)
            moments = [waiting[0][0]] if waiting else []
            by_time = self._inside.next(self.now) if self._inside is not None else None
            moments += [one for one in (due, self._ends.next(), by_time) if one is not None]
            moments += [moment for moment, *_ in self._sweeps()]
            at = min(moments, default=None)
            if at is None or at > until:
                return self.lines
            self.now = max(self.now, at)
            while waiting and waiting[0][0] <= self.now:
                self._happen(heapq.heappop(waiting)[2])
            await self._settle()

    def remember(self, one: Happening) -> None:
        """Something that was before: it is known of him, and sets nothing off."""
        if one.what == "order":
            self.person.orders.append(Order(one.name, one.value, one.at))
        else:
            self.person.did.append(Did(one.name, one.at, one.object))
            self.person.fields["last_behaviour_at"] = one.at

    def stand(self, way: Course, standing: Standing) -> None:
        """He is somewhere on this way already."""
        self._standing[standing.id] = (way, standing)

    def was_in(self, key: str, entered_at: datetime, slot: str, way_id: str) -> None:
        """He has entered this journey before; the way of `stand` too."""
        self._before.setdefault(key, []).append((entered_at, slot, way_id))

    async def _settle(self) -> None:
        """Follow, sweep and step until nothing is left at this moment."""
        for _ in range(_TURNS):
            self._sweep()
            self._move()
            self._follow()
            self._end_messages()
            world = World(self.now, self.company.org.zone, self.company.working_time)
            due = [s for _, s in self._standing.values() if s.due is not None and s.due <= self.now]
            ends = self._ends.next()
            if not due and not self._marks and (ends is None or ends > self.now):
                return
            ways = {s.id: self._standing[s.id][0] for s in due}
            await run(self, ways, due, world)

    # --- the actor --------------------------------------------------------------------------------

    async def look(self, way: Course, place: str, those: Sequence[Standing]) -> Mapping[str, Sight]:
        """He alone."""
        del way, place
        sight = self.person.sight(self.now)
        return {one.id: sight for one in those}

    async def act(self, way: Course, moved: Moved, effect: Effect) -> str:  # noqa: C901, PLR0911 - one case a kind
        """As it would be, on him alone."""
        source = f"sim{next(self._count)}"
        match effect:
            case steps.Say():
                answered = await self.planner(Asked(self.now, way, moved, effect, self.person))
                self._said[moved.after.id, moved.after.n] = answered
                self._ends.add(_occasion(moved), moved.after.id, moved.line.place, answered, self.now)
                return answered.note
            case steps.GiveCoupon():
                moved.after.learn("coupon", effect.stock)
                return "given"
            case steps.PutTag():
                return self._put_tag(effect, source)
            case steps.GivePoints():
                score = self.person.fields.get("score", 0)
                before = score if isinstance(score, int) else 0
                self._marks += self.person.set("score", before + effect.points, self.now, source)
                self._scored[moved.after.id, moved.after.n] = before + effect.points
                return "done"
            case steps.SetTo():
                self._marks += self.person.set("status", effect.status, self.now, source)
                return "done"
            case steps.WriteField():
                value = effect.value
                said = str(value).lower() if isinstance(value, bool) else str(value)
                self._marks += self.person.set(effect.field, said, self.now, source)
                return "done"
            case steps.MoveOn():
                return self._move_on(effect, source)
            case steps.Join():
                return self._join(moved, effect)
            case steps.Tell():
                return effect.whom
            case steps.AskApproval():
                return effect.by
            case steps.EndApproval():
                return ""
            case _:
                return "done"

    async def keep(self, made: Sequence[tuple[Course, Moved]]) -> None:
        """Remember where he stands, and write the lines."""
        for way, moved in made:
            after, line = moved.after, moved.line
            if after.id in self._standing:
                if after.place is None:
                    del self._standing[after.id]
                else:
                    self._standing[after.id] = (way, after)
            at = way.graph[line.place]
            if (after.id, after.n) in self._said:
                self._line_of[_occasion(moved)] = len(self.lines)
            self.lines.append(
                SimLine(
                    line.at, way.key, line.place, at.kind, line.occurrence, line.outcome, line.note,
                    moved.effects, self._said.pop((after.id, after.n), None), after.place, after.due,
                    self._scored.pop((after.id, after.n), None), at.config,
                )
            )  # fmt: skip

    def _put_tag(self, effect: steps.PutTag, source: str) -> str:
        if not effect.on:
            was = effect.tag in self.person.tags
            self.person.tags.discard(effect.tag)
            return "done" if was else "as_it_was"
        found = self.person.tag(effect.tag, self.now, source)
        self._marks += found or []
        return "as_it_was" if found is None else "done"

    def _move_on(self, effect: steps.MoveOn, source: str) -> str:
        present = self.person.fields.get("lifecycle", "")
        place = LIFECYCLE.index(str(present)) if present in LIFECYCLE else -1
        if place < LIFECYCLE.index(effect.to):
            self._marks += self.person.set("lifecycle", effect.to, self.now, source)
        return "done"

    def _join(self, moved: Moved, effect: steps.Join) -> str:
        if not effect.on:
            gone = [key for key, (way, _) in self._standing.items() if way.key == effect.journey]
            for key in gone:
                del self._standing[key]
            self.ended |= set(gone)
            return str(len(gone))
        other = self.ways.get(effect.journey)
        if other is None:
            return NotAdmitted.STOPPED
        name = f"from:journey:{moved.after.id}:{moved.line.place}:{moved.line.occurrence}"
        found = self._enter(other, name, self.person.id if other.journey.business_key else "", {})
        return found.value if found is not None else "entered"

    # --- what happens -----------------------------------------------------------------------------

    def _happen(self, one: Happening) -> None:
        source = one.source or f"h{next(self._count)}"
        match one.what:
            case "event":
                self.person.did.append(Did(one.name, one.at, one.object))
                self.person.fields["last_behaviour_at"] = one.at
                self._marks.append(Occurred("event", one.name, one.at, source, one.object))
            case "set":
                self._marks += self.person.set(one.name, one.value, one.at, source)
            case "points":
                before = self.person.fields.get("score", 0)
                score = (before if isinstance(before, int) else 0) + one.value
                self._marks += self.person.set("score", score, one.at, source)
            case "won":
                self.person.orders.append(Order(one.name, one.value, one.at))
            case "tag":
                self._marks += self.person.tag(one.name, one.at, source) or []
            case "untag":
                self.person.tags.discard(one.name)
            case "order":
                self.person.orders.append(Order(one.name, one.value, one.at))
                self._marks.append(Occurred("bought", one.name, one.at, source, one.name))
            case "enter" | "put":
                slot = source if self.ways[one.name].journey.business_key else ""
                name = f"manual:{source}"
                self._enter(self.ways[one.name], name, slot, {}, whatever=one.what == "put")
            case _:
                after = None if one.value is None else str(one.value)
                self._marks.append(Occurred(one.what, one.name, one.at, source, one.object, after=after))

    def _move(self) -> None:
        for key in self._inside.entered(self.now) if self._inside is not None else ():
            self.came_into.append((self.now, key))
            self._marks.append(Occurred("segment", key, self.now, f"s{next(self._count)}"))

    def _follow(self) -> None:
        marks, self._marks = self._marks, []
        journeys = {key: way.journey for key, way in self.ways.items()}
        fields = self.company.registry
        for mark in marks:
            happened = mark
            if mark.kind == "event" and asks_nth(journeys, mark.ref):
                happened = replace(mark, nth=self.person.nth(mark.ref))
            self._wake(happened)
            concerned = [way for way in self.ways.values() if begins(way.journey, happened, fields)]
            for way in sorted(concerned, key=lambda way: (-way.journey.priority, way.key)):
                words = {"object": mark.object} if mark.object else {}
                slot = mark.source if way.journey.business_key else ""
                self._enter(way, slot or f"{mark.kind}:{mark.source}", slot, words)

    def _wake(self, happened: Occurred) -> None:
        for key, (way, one) in list(self._standing.items()):
            word = _said_to_approval(way, one, happened)
            fields = self.company.registry
            heard = expecting.heard(way.graph, one, happened, fields)
            if heard == expecting.WAKES or expecting.redated(way.graph, one, happened, fields):
                word = happened.kind
            if word:
                woken = replace(one, due=self.now, woken=word, awaits_since=None)
                self._standing[key] = (way, woken)

    def _end_messages(self) -> None:
        for one in self._ends.over(self.now):
            at = self._line_of.get(one.occasion)
            if at is not None and self.lines[at].note != one.came_to:
                self.lines[at] = replace(self.lines[at], note=one.came_to)
            way, standing = self._standing.get(one.way, (None, None))
            if way is None or standing is None or not is_in_vain(way, one.place, one.came_to):
                continue
            times = int(one.occasion.rpartition(":")[2])
            if expecting.heard_in_vain(way.graph, standing, one.place, times) == expecting.WAKES:
                woken = replace(standing, due=self.now, woken=TIME, awaits_since=None)
                self._standing[one.way] = (way, woken)

    def _enter(
        self, way: Course, name: str, slot: str, words: Mapping[str, str], *, whatever: bool = False
    ) -> NotAdmitted | None:
        before = self._before.setdefault(way.key, [])
        refused = admit(
            way.journey, slot, [Before(at, one, key in self._standing) for at, one, key in before],
            now=self.now, zone=self.company.org.zone, working=self.company.working_time,
        )  # fmt: skip
        if refused is None and way.journey.only is not None:
            fits_him = self.person.sight(self.now).holds(way.journey.only)
            refused = None if fits_him else NotAdmitted.NOT_FOR_HIM
        if refused is not None and not whatever:
            self.refused.append((self.now, way.key, refused))
            return refused
        hours = self._hours.setdefault(way.key, _Hours())
        place = turn(way.journey.most_per_hour, hour=hours.hour, entered=hours.entered, now=self.now)
        hours.hour, hours.entered = place.hour, place.entered
        key = f"{way.key}:{name or f'{ONCE}{len(before)}'}"
        self._standing[key] = (
            way,
            Standing(
                id=key, lead_id=self.person.id, person=self.person.id, place=way.graph.first, due=place.at,
                entered_at=self.now, memory=Memory(words=dict(words)), slot=slot,
            ),
        )  # fmt: skip
        before.append((self.now, slot, key))
        return None

    # --- dates and schedules ----------------------------------------------------------------------

    def _sweeps(self) -> list[tuple[datetime, Course, str, object]]:
        return [
            (next_moment(self.company, trigger, self._swept[way.key, name]), way, name, trigger)
            for way in self.ways.values()
            for name, trigger in triggers(way)
        ]

    def _sweep(self) -> None:
        for moment, way, name, trigger in self._sweeps():
            if moment > self.now:
                continue
            self._swept[way.key, name] = moment
            if isinstance(trigger, OnDate):
                value = self.person.sight(self.now).value(trigger.date)
                today = moment.astimezone(self.company.org.zone).date()
                if not is_day(self.company, trigger, value, today):
                    continue
            stamp = moment.isoformat()
            self._enter(way, f"{name}:{stamp}", stamp if way.journey.business_key else "", {})


def _said_to_approval(way: Course, one: Standing, happened: Occurred) -> str:
    """What a colleague said, where he waits for that."""
    if one.awaits_since is None or happened.kind != "approval":
        return ""
    is_asked = isinstance(way.graph[one.place or ""].config, Approve)
    in_time = happened.at >= one.awaits_since and (one.due is None or happened.at <= one.due)
    return happened.ref if is_asked and in_time else ""


def _occasion(moved: Moved) -> str:
    return f"journey:{moved.after.id}:{moved.line.place}:{moved.line.occurrence}"
