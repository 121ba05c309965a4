"""Somebody enters a journey, or leaves it before its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog

from bot.journeys import quarantine
from bot.journeys.admission import Before, NotAdmitted, admit, turn
from bot.journeys.book import Book
from bot.journeys.course import Course
from bot.journeys.step import Memory
from bot.kit.ids import keyed
from bot.store import enrollments, enrollments_merged, enrollments_sights, incidents, journeys
from bot.store.desk import Desk
from bot.store.enrollments import DONE, PARKED, RUNNING, Row
from bot.store.enrollments_merged import MERGED
from bot.touch.standing import drop

_log = structlog.get_logger()
#: Of an id made of names that are no secret.
_KEY = b"journeys"
ONCE = "once"
LEFT = "left"


@dataclass(frozen=True, slots=True)
class Occasion:
    """Why somebody should enter."""

    lead_id: str
    #: Names this one time.
    name: str
    #: The business key; empty if that is not the rule.
    slot: str = ""
    words: Mapping[str, str] = field(default_factory=dict)
    #: When his first step was to be made, if that was before now: on a day that is found late.
    due: datetime | None = None


@dataclass(slots=True)
class Known:
    """Ways of some leads as this unit knows them: those that it has just begun too."""

    rows: dict[str, list[Row]] = field(default_factory=dict)

    def of(self, lead_id: str) -> list[Row]:
        """Theirs, the first first."""
        return self.rows.setdefault(lead_id, [])


async def known_of(desk: Desk, lead_ids: Sequence[str]) -> Known:
    """Read them once."""
    found = Known({lead_id: [] for lead_id in lead_ids})
    for row in await enrollments.of_leads(desk.tx, lead_ids):
        found.of(row.lead_id).append(row)
    return found


async def enter(
    desk: Desk, book: Book, way: Course, those: Sequence[Occasion], known: Known
) -> list[Row | NotAdmitted]:
    """Let these enter whom its rules admit; for each who or why not, which is counted."""
    fitting = await _fitting(desk, way, those)
    found: list[Row | NotAdmitted] = []
    for one in those:
        admitted = await _one(desk, book, way, one, known, fits=fitting.get(one.lead_id))
        if isinstance(admitted, NotAdmitted):
            await incidents.count(desk.tx, "journey.not_entered", f"{way.key}:{admitted}", desk.now)
            if admitted is NotAdmitted.LOOP:
                await quarantine.looped(desk, book, way.key, way.journey, one.lead_id)
            _log.info("journey.not_entered", journey=way.key, lead=one.lead_id, reason=admitted.value)
        found.append(admitted)
    return found


async def _fitting(desk: Desk, way: Course, those: Sequence[Occasion]) -> dict[str, bool]:
    """Whether `only` fits each; a lead that does not exist is left out."""
    conditions = (way.journey.only,) if way.journey.only is not None else ()
    ids = [one.lead_id for one in those]
    seen = await enrollments_sights.look(
        desk.tx, desk.company, ids, conditions=conditions, fields=(), now=desk.now
    )
    return {lead_id: all(one.answers) for lead_id, one in seen.items()}


async def _one(
    desk: Desk, book: Book, way: Course, one: Occasion, known: Known, *, fits: bool | None
) -> Row | NotAdmitted:
    if book.is_stopped(way.key):
        return NotAdmitted.STOPPED
    if fits is None:
        return NotAdmitted.GONE
    before = [row for row in known.of(one.lead_id) if row.journey == way.key]
    refused = admit(
        way.journey, one.slot,
        [Before(row.entered_at, row.slot, row.state != DONE) for row in before],
        now=desk.now, zone=desk.company.org.zone, working=desk.company.working_time,
    )  # fmt: skip
    if refused is not None:
        return refused
    if not fits:
        return NotAdmitted.NOT_FOR_HIM
    return await _begin(desk, book, way, one, known, n=len(before))


async def _begin(
    desk: Desk, book: Book, way: Course, one: Occasion, known: Known, *, n: int
) -> Row | NotAdmitted:
    state = book.states[way.key]
    place = turn(
        way.journey.most_per_hour, hour=state.hour, entered=state.entered, counted_at=state.counted_at,
        now=desk.now,
    )  # fmt: skip
    row = Row(
        # Of the occasion alone: the same one makes the same way, whoever tries it and how often.
        id=keyed(_KEY, way.key, one.lead_id, one.name or f"{ONCE}{n}"),
        journey=way.key, version=way.version, lead_id=one.lead_id, person=one.lead_id, slot=one.slot,
        entered_at=desk.now, state=PARKED if book.is_paused(way.key) else RUNNING, place=way.graph.first,
        due_at=one.due if one.due is not None and place.at <= desk.now else place.at,
        memory=Memory(words=dict(one.words)).spell(),
    )  # fmt: skip
    if not await enrollments.enter(desk.tx, row):
        return NotAdmitted.ALREADY_IN
    if (state.hour, state.entered) != (place.hour, place.entered):
        book.states[way.key] = replace(state, hour=place.hour, entered=place.entered, counted_at=desk.now)
        if way.journey.most_per_hour is not None:
            await journeys.count_entered(desk, way.key, place.hour, place.entered)
    known.of(one.lead_id).append(row)
    _log.info("journey.entered", journey=way.key, version=way.version, lead=one.lead_id, way=row.id)
    return row


async def leave(desk: Desk, known: Known, lead_id: str, key: str, *, how: str = LEFT) -> list[str]:
    """Take somebody out of a journey; which ways those were."""
    rows = known.of(lead_id)
    gone = []
    for place, row in enumerate(rows):
        if row.journey == key and row.state != DONE and await enrollments.end(desk, row.id, how):
            rows[place] = row._replace(state=DONE, place=None, due_at=None, ended_at=desk.now, ended_how=how)
            gone.append(row.id)
    return gone


async def keep_one(desk: Desk, known: Known, lead_id: str, key: str) -> int:
    """After a merge somebody may be in a journey twice: the way that began first goes on."""
    by_slot: dict[str, list[Row]] = {}
    for row in known.of(lead_id):
        if row.journey == key and row.state != DONE:
            by_slot.setdefault(row.slot, []).append(row)
    ended = 0
    for rows in by_slot.values():
        for row in rows[1:]:
            ended += await enrollments_merged.set_aside(desk, row.id)
            # What waits for its hour would be taken for what he gets already, and then not go either.
            await drop(desk, row.id, lead_id, why=MERGED)
    return ended
