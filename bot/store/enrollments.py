"""Who is where in which journey: entered once an occasion, picked when due, a row for each step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, NamedTuple

import orjson
from sqlalchemy import Text, bindparam, func, select, text, type_coerce, update

from bot.store.among import among
from bot.store.desk import Desk
from bot.store.tables.journeys import journey_counts, journey_enrollments, journey_steps
from bot.store.tx import Tx

RUNNING, PARKED, DONE = "running", "parked", "done"
_e = journey_enrollments.c


class Row(NamedTuple):
    """One way of one person, as it is kept; a tuple, for units read and write hundreds."""

    id: str
    journey: str
    version: int
    lead_id: str
    person: str
    entered_at: datetime
    memory: Mapping[str, Any]
    slot: str = ""
    state: str = RUNNING
    place: str | None = None
    due_at: datetime | None = None
    woken: str = ""
    awaits_since: datetime | None = None
    ended_at: datetime | None = None
    ended_how: str = ""
    n: int = 0


class StepRow(NamedTuple):
    """One step made."""

    enrollment_id: str
    n: int
    place: str
    occurrence: int
    outcome: str
    note: str
    at: datetime
    #: Whose counters it goes to.
    journey: str
    version: int


def _picked(of: type[Row | StepRow], *names: str) -> Callable[[Any], tuple[Any, ...]]:
    """These fields of a row, by their places: by name it takes three times as long."""
    return itemgetter(*map(of._fields.index, names))


#: In the order of `Row`, so that a row becomes one as it is.
_WHOLE = select(*(_e[name] for name in Row._fields))
_MEMORY = Row._fields.index("memory")
_DUE = (
    select(
        *(type_coerce(_e[name], Text).label(name) if name == "memory" else _e[name] for name in Row._fields)
    )
    .where(_e.state == RUNNING, _e.due_at <= bindparam("now_at"))
    .order_by(_e.due_at, _e.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_NEXT = select(func.min(_e.due_at).label("due_at")).where(_e.state == RUNNING)
_KEEP = (
    update(journey_enrollments)
    .where(_e.id == bindparam("of"))
    .values(
        state=bindparam("is_now"),
        place=bindparam("at_place"),
        due_at=bindparam("next_at"),
        woken=bindparam("woken_by"),
        awaits_since=bindparam("waits_since"),
        ended_at=bindparam("end_at"),
        ended_how=bindparam("how"),
        memory=bindparam("remembers"),
        n=bindparam("steps"),
    )
)
_OF_LEADS = _WHOLE.where(among(_e.lead_id, "those")).order_by(_e.entered_at, _e.id)
_BY_ID = _WHOLE.where(_e.id == bindparam("of"))
_WAKE = (
    update(journey_enrollments)
    .where(_e.id == bindparam("of"), _e.awaits_since.is_not(None), _e.state != DONE)
    .values(due_at=bindparam("at"), woken=bindparam("by"), awaits_since=None)
)
_REMEMBER = update(journey_enrollments).where(_e.id == bindparam("of")).values(memory=bindparam("remembers"))
_END = (
    update(journey_enrollments)
    .where(_e.id == bindparam("of"), _e.state != DONE)
    .values(
        state=DONE,
        place=None,
        due_at=None,
        awaits_since=None,
        ended_at=bindparam("at"),
        ended_how=bindparam("how"),
    )
)
_END_ALL = (
    update(journey_enrollments)
    .where(_e.journey == bindparam("of_journey"), _e.state != DONE)
    .values(
        state=DONE, place=None, due_at=None, awaits_since=None, ended_at=bindparam("at"),
        ended_how=bindparam("how"),
    )
)  # fmt: skip
_MOVE = update(journey_enrollments).where(among(_e.id, "those")).values(state=bindparam("becomes"))
_IN = (
    select(_e.id)
    .where(_e.journey == bindparam("of_journey"), _e.state == bindparam("in_state"))
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_STEPS = (
    select(journey_steps).where(journey_steps.c.enrollment_id == bindparam("of")).order_by(journey_steps.c.n)
)
_COUNT = text(
    "INSERT INTO journey_counts (journey, version, place, outcome, note, n)"
    " VALUES (:journey, :version, :place, :outcome, :note, :n)"
    " ON CONFLICT (journey, version, place, outcome, note) DO UPDATE SET n = journey_counts.n + excluded.n"
)
#: Notes are words of ours; a longer one is somebody's name for something, and is not counted apart.
_NOTE = 40


async def enter(tx: Tx, row: Row) -> bool:
    """Somebody enters; False if this occasion has begun before."""
    return await tx.insert_new(journey_enrollments, row._asdict())


async def due(tx: Tx, *, now: datetime, most: int) -> list[Row]:
    """Whose time has come, the longest first; theirs until this unit has ended.

    Of hundreds at one place most remember the same: that is read once, and the very same for them.
    """
    found = await tx.all(_DUE, now_at=now, most=most)
    columns: list[Sequence[Any]] = list(zip(*found, strict=True))
    if not columns:
        return []
    memories = {text: orjson.loads(text) for text in set(columns[_MEMORY])}
    columns[_MEMORY] = [memories[text] for text in columns[_MEMORY]]
    return list(map(Row._make, zip(*columns, strict=True)))


async def next_due(tx: Tx) -> datetime | None:
    """When the next one's time comes."""
    row = await tx.first(_NEXT)
    return None if row is None else row.due_at


async def keep(tx: Tx, rows: Sequence[Row], steps: Sequence[StepRow]) -> None:
    """Put down where they stand now, what was done, and count it."""
    await tx.run_rows(_KEEP, _KEPT, list(map(_kept, rows)))
    if steps:
        # Beside each other in the table, so beside each other in the statement.
        await tx.insert_rows(journey_steps, _LOGGED, sorted(map(_logged, steps)))
        await _count(tx, steps)


#: What `_KEEP` binds, and where in a row it stands.
_KEPT = (
    *("of", "is_now", "at_place", "next_at", "woken_by", "waits_since", "end_at", "how", "remembers"),
    "steps",
)
_kept = _picked(
    Row, "id", "state", "place", "due_at", "woken", "awaits_since", "ended_at", "ended_how", "memory", "n"
)
#: The columns of a step; what follows them in `StepRow` is for the counters.
_LOGGED = ("enrollment_id", "n", "place", "occurrence", "outcome", "note", "at")
_logged = itemgetter(slice(len(_LOGGED)))
_counted = _picked(StepRow, "journey", "version", "place", "outcome", "note")


async def _count(tx: Tx, steps: Iterable[StepRow]) -> None:
    sums: Counter[tuple[Any, ...]] = Counter()
    for (*of, note), n in Counter(map(_counted, steps)).items():
        sums[*of, note[:_NOTE]] += n
    names = ("journey", "version", "place", "outcome", "note")
    await tx.run_all(
        _COUNT, [{**dict(zip(names, key, strict=True)), "n": n} for key, n in sorted(sums.items())]
    )


async def of_leads(tx: Tx, lead_ids: Iterable[str]) -> list[Row]:
    """Every way of these leads, also those that ended, the first first."""
    wanted = sorted(set(lead_ids))
    return [Row._make(row) for row in await tx.all(_OF_LEADS, those=wanted)] if wanted else []


async def find(tx: Tx, enrollment_id: str) -> Row | None:
    """The way of this id."""
    row = await tx.first(_BY_ID, of=enrollment_id)
    return None if row is None else Row._make(row)


async def wake(desk: Desk, enrollment_id: str, by: str) -> bool:
    """What he waited for has happened; False if he waits no more."""
    return await desk.tx.run(_WAKE, of=enrollment_id, at=desk.now, by=by) == 1


async def remember(tx: Tx, enrollment_id: str, memory: Mapping[str, Any]) -> None:
    """What is remembered of his way, and nothing else of it."""
    await tx.run(_REMEMBER, of=enrollment_id, remembers=memory)


async def end(desk: Desk, enrollment_id: str, how: str) -> bool:
    """It is over for him, whatever he was about to get."""
    return await desk.tx.run(_END, of=enrollment_id, at=desk.now, how=how) == 1


async def end_all(desk: Desk, journey: str, how: str) -> int:
    """It is over for everybody who is still in this journey; how many."""
    return await desk.tx.run(_END_ALL, of_journey=journey, at=desk.now, how=how)


async def move(tx: Tx, ids: Sequence[str], becomes: str) -> None:
    """Park these, or let them run again."""
    if ids:
        await tx.run(_MOVE, those=list(ids), becomes=becomes)


async def some(tx: Tx, journey: str, state: str, *, most: int) -> list[str]:
    """Some who are in this journey in this state."""
    return [row.id for row in await tx.all(_IN, of_journey=journey, in_state=state, most=most)]


async def steps_of(tx: Tx, enrollment_id: str) -> list[StepRow]:
    """Every step somebody made, in order."""
    rows = await tx.all(_STEPS, of=enrollment_id)
    return [
        StepRow(r.enrollment_id, r.n, r.place, r.occurrence, r.outcome, r.note, r.at, "", 0) for r in rows
    ]


_COUNTS = select(journey_counts).where(journey_counts.c.journey == bindparam("of"))
_STANDING = (
    select(_e.version, _e.place, func.count().label("n"))
    .where(_e.journey == bindparam("of"), _e.state != DONE)
    .group_by(_e.version, _e.place)
)
_INSIDE = select(_e.journey, func.count().label("n")).where(_e.state != DONE).group_by(_e.journey)
_ENDED = (
    select(_e.ended_how, func.count().label("n"))
    .where(_e.journey == bindparam("of"), _e.state == DONE)
    .group_by(_e.ended_how)
)
_AT = _WHOLE.where(_e.journey == bindparam("of"), _e.state != DONE).order_by(_e.id).limit(bindparam("most"))


@dataclass(frozen=True, slots=True)
class Count:
    """How often a place was left by one way, with one result."""

    version: int
    place: str
    outcome: str
    note: str
    n: int


async def counts(tx: Tx, journey: str) -> list[Count]:
    """What was done where, over all versions."""
    return [Count(r.version, r.place, r.outcome, r.note, int(r.n)) for r in await tx.all(_COUNTS, of=journey)]


async def standing(tx: Tx, journey: str) -> dict[tuple[int, str], int]:
    """How many stand at each place of each version at this moment."""
    return {(row.version, row.place or ""): int(row.n) for row in await tx.all(_STANDING, of=journey)}


async def inside(tx: Tx) -> dict[str, int]:
    """How many are in each journey."""
    return {row.journey: int(row.n) for row in await tx.all(_INSIDE)}


async def ended(tx: Tx, journey: str) -> dict[str, int]:
    """How those ended who are through."""
    return {row.ended_how: int(row.n) for row in await tx.all(_ENDED, of=journey)}


async def people(tx: Tx, journey: str, *, most: int) -> list[Row]:
    """Some who are in it."""
    return [Row._make(row) for row in await tx.all(_AT, of=journey, most=most)]


_RESTING = select(_e.journey).where(_e.state == PARKED).distinct()


async def resting(tx: Tx) -> frozenset[str]:
    """Journeys in which somebody is parked."""
    return frozenset(row.journey for row in await tx.all(_RESTING))


_TO_VERSION = (
    update(journey_enrollments)
    .where(_e.id == bindparam("of"), _e.state != DONE)
    .values(version=bindparam("numbered"))
)


async def to_version(tx: Tx, ids: Sequence[str], version: int) -> None:
    """Let these go on by another version, from the place of the same name."""
    await tx.run_all(_TO_VERSION, [{"of": one, "numbered": version} for one in ids])
