"""Sums kept beside the facts: what changed is marked by the database itself, then worked out anew.

A trigger of every table that a metric counts marks the hour in the unit that changed it. A keeper takes
the marks, works the days out beside the writer and puts the cells down. Until then the day is read from
the facts, so an answer is never older than its facts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone

from sqlalchemy import bindparam, delete, func, select, text, update

from bot.crm.company import Company
from bot.store.desk import Desk
from bot.store.metrics.fact import Fact
from bot.store.metrics.local_days import bucket
from bot.store.metrics.rollup_days import days_of
from bot.store.metrics.rollup_facts import WorkedOut
from bot.store.metrics.rollup_series import ANY_PERIOD, BOOKS, Book, of_marks
from bot.store.rollups_cells import put_down
from bot.store.tables.rollups import rollup_books, rollup_marks, rollup_stale
from bot.store.tx import Tx
from bot.store.types import UTCDateTime

_BY_ID: Mapping[str, Book] = {book.id: book for book in BOOKS}
#: Whoever took a day and did not put it down in this time is thought to be gone.
_LEASE = timedelta(minutes=2)
_DAY = timedelta(days=1)
#: Marks that one unit takes.
_MARKS_AT_ONCE = 2000
_MARKS = (
    select(rollup_marks.c.id, rollup_marks.c.book, rollup_marks.c.hour)
    .order_by(rollup_marks.c.id)
    .limit(_MARKS_AT_ONCE)
)
_UNMARK = delete(rollup_marks).where(rollup_marks.c.id.in_(bindparam("ids", expanding=True)))
_MAKE_STALE = text(
    "INSERT INTO rollup_stale (book, day, token, due_at) VALUES (:book, :day, '', :at)"
    " ON CONFLICT (book, day) DO UPDATE SET token = '', due_at = excluded.due_at"
).bindparams(bindparam("at", type_=UTCDateTime))
_DUE = (
    select(rollup_stale.c.book, rollup_stale.c.day)
    .where(rollup_stale.c.due_at <= bindparam("now_at"), rollup_stale.c.book == bindparam("of"))
    .order_by(rollup_stale.c.day.desc())
    .limit(bindparam("at_most"))
)
_TAKE = (
    update(rollup_stale)
    .where(rollup_stale.c.book == bindparam("of"), rollup_stale.c.day == bindparam("on"))
    .values(token=bindparam("by"), due_at=bindparam("until"))
)
_DONE = delete(rollup_stale).where(
    rollup_stale.c.book == bindparam("of"),
    rollup_stale.c.day == bindparam("on"),
    rollup_stale.c.token == bindparam("by"),
)
_LATER = (
    update(rollup_stale)
    .where(
        rollup_stale.c.book == bindparam("of"),
        rollup_stale.c.day == bindparam("on"),
        rollup_stale.c.token == bindparam("by"),
    )
    .values(token="", due_at=bindparam("at"))
)
_KEPT = select(rollup_books)
_OF_BOOK = select(rollup_books).where(rollup_books.c.book == bindparam("of")).with_for_update()
_KEEP_BOOK = text(
    "INSERT INTO rollup_books (book, digest, settled_at) VALUES (:book, :digest, :at)"
    " ON CONFLICT (book) DO UPDATE SET digest = excluded.digest, settled_at = excluded.settled_at"
).bindparams(bindparam("at", type_=UTCDateTime))
_SETTLED = (
    update(rollup_books)
    .where(rollup_books.c.book == bindparam("of"), rollup_books.c.settled_at < bindparam("at"))
    .values(settled_at=bindparam("at"))
)
_IS_WORK = select(
    select(rollup_marks.c.id).exists().label("is_marked"),
    select(rollup_stale.c.day).where(rollup_stale.c.due_at <= bindparam("now_at")).exists().label("is_due"),
)
_COUNTS = select(
    select(func.count()).select_from(rollup_marks).scalar_subquery().label("marks"),
    select(func.count()).select_from(rollup_stale).scalar_subquery().label("days"),
)


@dataclass(frozen=True, slots=True)
class Taken:
    """Days of a book that somebody works out."""

    book: Book
    days: tuple[date, ...]
    token: str


async def is_work(tx: Tx, now: datetime) -> bool:
    """Whether anything is marked or due."""
    row = await tx.first(_IS_WORK, now_at=now)
    return row is not None and bool(row.is_marked or row.is_due)


async def waiting(tx: Tx) -> tuple[int, int]:
    """How many marks and how many days wait."""
    row = await tx.first(_COUNTS)
    return (0, 0) if row is None else (int(row.marks), int(row.days))


async def not_kept(tx: Tx, company: Company) -> Sequence[Book]:
    """Books that are not kept yet, or were kept by another definition or in another time zone."""
    known = {row.book: row.digest for row in await tx.all(_KEPT)}
    return [book for book in BOOKS if known.get(book.id) != book.digest(company)]


async def days_with_facts(tx: Tx, book: Book) -> set[date]:
    """Every day that is a local one of some fact of the book, in this time zone or in one before."""
    facts = {id(measure.fact): measure.fact for one in book.series for measure in one.measures.values()}
    days = {day for fact in facts.values() for day in await _utc_days(tx, fact)}
    return {day + away for day in days for away in (-_DAY, timedelta(), _DAY)}


async def _utc_days(tx: Tx, fact: Fact) -> list[date]:
    assert fact.at is not None  # noqa: S101 - only what has a moment is kept by days
    day = bucket(fact.at, "day", period=ANY_PERIOD, zone=timezone.utc).label("day")
    rows = await tx.all(select(day).select_from(fact.source).where(fact.at.is_not(None)).distinct())
    return [date.fromisoformat(row[0]) for row in rows]


async def begin(desk: Desk, book: Book, days: Iterable[date]) -> None:
    """Keep a book from now on; these days are worked out first."""
    rows = [{"book": book.id, "day": day.isoformat(), "at": desk.now} for day in sorted(days)]
    if rows:
        await desk.tx.run_all(_MAKE_STALE, rows)
    await desk.tx.run(_KEEP_BOOK, book=book.id, digest=book.digest(desk.company), at=desk.now)


async def make_stale(desk: Desk, book: Book, days: Iterable[date]) -> None:
    """Read these days from the facts until they are worked out anew."""
    rows = [{"book": book.id, "day": day.isoformat(), "at": desk.now} for day in sorted(days)]
    if rows:
        await desk.tx.run_all(_MAKE_STALE, rows)


async def follow_marks(desk: Desk) -> bool:
    """Turn marked hours into days that wait; whether there may be more."""
    marks = await desk.tx.all(_MARKS)
    if not marks:
        return False
    zone = desk.company.org.zone
    days: dict[str, set[date]] = defaultdict(set)
    for name, hour in {(row.book, row.hour) for row in marks}:
        for book in of_marks(name):
            days[book.id].update(days_of(hour, zone))
    for book_id in sorted(days):
        await make_stale(desk, _BY_ID[book_id], days[book_id])
    await desk.tx.run(_UNMARK, ids=[row.id for row in marks])
    return len(marks) == _MARKS_AT_ONCE


async def take(desk: Desk, book: Book, *, at_most: int) -> Taken:
    """Take days of a book that are due, the latest first."""
    token = desk.new_id()
    found = await desk.tx.all(_DUE, of=book.id, now_at=desk.now, at_most=at_most)
    rows = [{"of": row.book, "on": row.day, "by": token, "until": desk.now + _LEASE} for row in found]
    if rows:
        await desk.tx.run_all(_TAKE, rows)
    return Taken(book, tuple(sorted(date.fromisoformat(row.day) for row in found)), token)


async def keep(desk: Desk, taken: Taken, found: WorkedOut, *, as_of: datetime) -> int:
    """Put down what was worked out; days that somebody else took meanwhile are his. How many were ours."""
    book, tx = taken.book, desk.tx
    state = await tx.first(_OF_BOOK, of=book.id)
    if state is None or state.digest != book.digest(desk.company):
        return 0
    ours = []
    for day in taken.days:
        named = {"of": book.id, "on": day.isoformat(), "by": taken.token}
        if day in found.moving:
            await tx.run(_LATER, **named, at=_over(day, desk))
        elif await tx.run(_DONE, **named):
            ours.append(day)
    await put_down(tx, book, {day: found.days.get(day, {}) for day in ours})
    await tx.run(_SETTLED, of=book.id, at=as_of)
    return len(ours)


def _over(day: date, desk: Desk) -> datetime:
    """When time will have made up its mind about a day: at its end, or tomorrow."""
    ends = datetime.combine(day + _DAY, time(), desk.company.org.zone).astimezone(timezone.utc)
    return ends if ends > desk.now else desk.now + _DAY
