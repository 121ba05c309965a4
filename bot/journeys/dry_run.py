"""A journey tried on those whom it would concern now: who enters, what they would get in the days to come."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.crm.company.journey_triggers import Entered, OnDate, Scheduled
from bot.crm.company.journeys import Journey
from bot.crm.company.segments import Segment
from bot.journeys.admission import Before, NotAdmitted, admit
from bot.journeys.book import Book
from bot.journeys.course import Course
from bot.journeys.crowd import CHUNK, LOOKED_AT, Trial, breathe, people_of, spread, ways_of
from bot.journeys.simulate import Happening, Simulation
from bot.journeys.simulate_lead import foresight, person, placed
from bot.journeys.sweeping import days_for, next_moment
from bot.journeys.tally import Tally
from bot.store import enrollments, enrollments_sights, journeys_dates, journeys_feed, journeys_people
from bot.store.desk import Desk
from bot.store.enrollments import DONE, Row
from bot.store.journeys_people import Known

#: Days that are looked ahead.
DAYS = 30
_PART = 500


@dataclass(frozen=True, slots=True)
class _Whom:
    """Whom it concerns."""

    lead_ids: tuple[str, ...]
    said: str
    #: They enter now; else by themselves, at their dates and times.
    is_now: bool
    is_known: bool = True


async def dry_run(
    desk: Desk, key: str, journey: Journey, *, segment: Segment | None, days: int = DAYS
) -> Trial:
    """Who would enter, and all that would follow; nothing is written."""
    book, ways = await ways_of(desk, key, journey)
    until = desk.now + timedelta(days=days)
    whom = await _whom(desk, ways[key], segment, days)
    admitted, refused = await _admitted(desk, ways[key], whom)
    tally = Tally(desk.company.org.zone)
    chosen = spread(admitted)
    each = len(admitted) / max(1, len(chosen))
    walk = _Walk(desk, book, ways, key, until, whom.is_now, each, tally)
    for first in range(0, len(chosen), CHUNK):
        await walk.part(chosen[first : first + CHUNK])
    return Trial(
        key, journey.name, desk.now, until, whom.said, len(whom.lead_ids), len(whom.lead_ids) >= LOOKED_AT,
        len(admitted), refused, tally, await people_of(desk, tally), is_unknown=not whom.is_known,
    )  # fmt: skip


async def _whom(desk: Desk, way: Course, segment: Segment | None, days: int) -> _Whom:
    """Those of the segment; else those for whom its own dates, times and segments come."""
    if segment is not None:
        found = await journeys_feed.everybody(desk, segment.when, "", most=LOOKED_AT)
        return _Whom(tuple(found), segment.name, is_now=True)
    those: set[str] = set()
    is_known, names = False, []
    for one in way.journey.enter:
        match one:
            case Scheduled():
                is_known = True
                those |= set(await journeys_feed.everybody(desk, way.journey.only, "", most=LOOKED_AT))
            case OnDate():
                is_known = True
                those |= await _by_date(desk, one, days)
            case Entered() if (meant := desk.company.segments.meant(one.segment)) is not None:
                is_known = True
                names.append(meant.name)
                those |= set(await journeys_feed.everybody(desk, meant.when, "", most=LOOKED_AT))
            case _:
                pass
    return _Whom(tuple(sorted(those)[:LOOKED_AT]), "、".join(names), is_now=bool(names), is_known=is_known)


async def _by_date(desk: Desk, one: OnDate, days: int) -> set[str]:
    spec = desk.company.registry[one.date]
    moment, found = desk.now, set[str]()
    for _ in range(days + 1):
        moment = next_moment(desk.company, one, moment)
        wanted = days_for(desk.company, one, moment.astimezone(desk.company.org.zone).date())
        if wanted:
            found |= set(
                await journeys_dates.on_days(desk, spec, wanted, yearly=one.yearly, after="", most=LOOKED_AT)
            )
    return found


async def _admitted(desk: Desk, way: Course, whom: _Whom) -> tuple[list[str], Counter[NotAdmitted]]:
    """Whom its rules let in now, and why not the others."""
    company, journey = desk.company, way.journey
    conditions = (journey.only,) if journey.only is not None else ()
    admitted: list[str] = []
    refused: Counter[NotAdmitted] = Counter()
    for first in range(0, len(whom.lead_ids), _PART):
        part = whom.lead_ids[first : first + _PART]
        seen = await enrollments_sights.look(
            desk.tx, company, part, conditions=conditions, fields=(), now=desk.now
        )
        before: dict[str, list[Before]] = {}
        for row in await enrollments.of_leads(desk.tx, part):
            if row.journey == way.key:
                one = Before(row.entered_at, row.slot, row.state != DONE)
                before.setdefault(row.lead_id, []).append(one)
        for lead_id in part:
            why = admit(
                journey, "dry" if journey.business_key else "", before.get(lead_id, ()),
                now=desk.now, zone=company.org.zone, working=company.working_time,
            )  # fmt: skip
            if why is None and (lead_id not in seen or not all(seen[lead_id].answers)):
                why = NotAdmitted.NOT_FOR_HIM
            if why is None:
                admitted.append(lead_id)
            else:
                refused[why] += 1
        await breathe()
    return admitted, refused


@dataclass(frozen=True, slots=True)
class _Walk:
    """What is the same for each who is walked."""

    desk: Desk
    book: Book
    ways: dict[str, Course]
    key: str
    until: datetime
    #: They enter now, not by themselves.
    is_now: bool
    #: For how many each stands.
    stands_for: float
    tally: Tally

    async def part(self, lead_ids: Sequence[str]) -> None:
        """Some of them, read together."""
        tx = self.desk.tx
        known = await journeys_people.known(tx, self.desk.company, lead_ids)
        rows: dict[str, list[Row]] = {}
        for row in await enrollments.of_leads(tx, lead_ids):
            rows.setdefault(row.lead_id, []).append(row)
        for lead_id in lead_ids:
            if lead_id in known:
                await self._one(known[lead_id], rows.get(lead_id, []))
                await breathe()

    async def _one(self, him: Known, own: list[Row]) -> None:
        # Where he is already, he goes on: what he gets there counts under the same caps.
        others = {row.journey for row in own if row.state != DONE and not self.book.is_paused(row.journey)}
        those = {one: self.book.open[one] for one in others if one in self.book.open} | self.ways
        planner = await foresight(self.desk, him)
        simulation = Simulation(self.desk.company, person(him, self.desk), those, planner=planner)
        await placed(self.desk, simulation, own, self.book.shelf)
        first = [Happening(self._turn(), "enter", self.key)] if self.is_now else []
        lines = await simulation.play(first, begins_at=self.desk.now, until=self.until)
        self.tally.add(
            lines, simulation.refused, key=self.key, ways=frozenset(self.ways), owner=him.lead.owner_id,
            until=self.until,
        )  # fmt: skip

    def _turn(self) -> datetime:
        """Where only so many an hour may enter, he is as late as those for whom he stands."""
        most = self.ways[self.key].journey.most_per_hour
        nth = int(self.tally.walked * self.stands_for)
        return self.desk.now + timedelta(hours=nth // most if most else 0)
