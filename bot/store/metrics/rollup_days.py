"""Which days of a book may be wrong at present, and so are counted from the facts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone, tzinfo
from itertools import pairwise
from typing import Any

from sqlalchemy import Select, String, bindparam, cast, literal, null, select, union_all

from bot.crm.company import Company
from bot.crm.query import Period
from bot.store.metrics.rollup_series import Book
from bot.store.tables.rollups import rollup_books, rollup_marks, rollup_stale
from bot.store.tx import Tx
from bot.store.types import UTCDateTime

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)
_DATE = len("2026-11-22")
#: Marks and days that a reading looks at; where there are more, it counts from the facts.
_MOST = 400
_BOOK, _MARK, _STALE = "book", "mark", "stale"


def _waiting() -> Select[Any]:
    """The state of a book and what waits in it, in one statement and so of one moment."""
    nothing = cast(null(), UTCDateTime)
    state = select(
        literal(_BOOK).label("kind"), rollup_books.c.digest.label("said"), rollup_books.c.settled_at
    ).where(rollup_books.c.book == bindparam("of"))
    marks = (
        select(literal(_MARK).label("kind"), rollup_marks.c.hour.label("said"), nothing.label("settled_at"))
        .distinct()
        .where(
            rollup_marks.c.book.in_(bindparam("names", expanding=True)),
            rollup_marks.c.hour >= bindparam("since", type_=String()),
            rollup_marks.c.hour < bindparam("until", type_=String()),
        )
        .limit(_MOST)
        .subquery("marks")
    )
    stale = (
        select(literal(_STALE).label("kind"), rollup_stale.c.day.label("said"), nothing.label("settled_at"))
        .where(
            rollup_stale.c.book == bindparam("of"),
            rollup_stale.c.day >= bindparam("first", type_=String()),
            rollup_stale.c.day < bindparam("after", type_=String()),
        )
        .limit(_MOST)
        .subquery("stale")
    )
    found = union_all(state, select(marks), select(stale)).subquery("waiting")
    return select(found.c.kind, found.c.said, found.c.settled_at)


_WAITING = _waiting()


@dataclass(frozen=True, slots=True)
class Waiting:
    """Days of a period that wait to be worked out; `settled_at` is None for a book that is not kept."""

    settled_at: datetime | None
    days: frozenset[date]

    def is_ahead(self, book: Book, now: datetime) -> bool:
        """Whether what is kept knows more than was known at `now`: a past moment, or a clock set back."""
        return book.asks_now and self.settled_at is not None and now < self.settled_at


async def waiting(tx: Tx, book: Book, company: Company, period: Period) -> Waiting | None:
    """What waits in a book; None if the book is not kept as this program keeps it, or too much waits."""
    zone = company.org.zone
    found = await tx.all(
        _WAITING,
        of=book.id,
        names=list(book.marks),
        # A day more on each side: hours are of UTC.
        since=(period.begins - _DAY).isoformat(),
        until=(period.ends + _DAY).isoformat(),
        first=period.begins.isoformat(),
        after=period.ends.isoformat(),
    )
    state = next((row for row in found if row.kind == _BOOK), None)
    marks = [row.said for row in found if row.kind == _MARK]
    stale = [row.said for row in found if row.kind == _STALE]
    if state is None or state.said != book.digest(company) or max(len(marks), len(stale)) == _MOST:
        return None
    days = {date.fromisoformat(one) for one in stale}
    days.update(day for hour in marks for day in days_of(hour, zone))
    return Waiting(state.settled_at, frozenset(day for day in days if period.begins <= day < period.ends))


def days_of(hour: str, zone: tzinfo) -> Sequence[date]:
    """The local days that an hour of UTC touches, or the day that is meant."""
    day = date.fromisoformat(hour[:_DATE])
    if len(hour) == _DATE:
        return (day,)
    begins = datetime.combine(day, time(int(hour[_DATE + 1 :])), timezone.utc)
    last = begins + _HOUR - timedelta.resolution
    return tuple(dict.fromkeys(at.astimezone(zone).date() for at in (begins, last)))


def runs(days: Iterable[date], *, gap: int = 1) -> Iterator[Period]:
    """Periods that hold all of these days, one for days that are not more than `gap` apart."""
    ordered = sorted(set(days))
    if not ordered:
        return
    begins = ordered[0]
    for one, following in pairwise(ordered):
        if (following - one).days > gap:
            yield Period(begins, one + _DAY)
            begins = following
    yield Period(begins, ordered[-1] + _DAY)


def each(period: Period) -> Iterator[date]:
    """Its days."""
    for n in range((period.ends - period.begins).days):
        yield period.begins + n * _DAY


def month_of(day: date) -> date:
    """The first day of its month."""
    return day.replace(day=1)


def after(month: date) -> date:
    """The first day of the next month."""
    return month_of(month + 31 * _DAY)
