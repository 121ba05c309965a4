"""When a customer may be written to by his own clock: quiet hours, a channel's hours, days of rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.crm.working_time import DAY, WorkingSpan

#: A message leaves a moment after it was decided; nothing is begun so shortly before quiet hours.
MARGIN = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Hours:
    """What one kind of message on one channel keeps to."""

    zone: ZoneInfo
    #: Not within this one; None: at any time.
    quiet: WorkingSpan | None = None
    #: Only within this one.
    only: WorkingSpan | None = None
    #: Ordinals of days on which nothing goes.
    rest: frozenset[int] = frozenset()

    def is_open(self, at: datetime) -> bool:
        """Whether it may go at this moment."""
        local = at.astimezone(self.zone)
        if local.date().toordinal() in self.rest:
            return False
        minute = local.hour * 60 + local.minute
        if self.only is not None and not _in(minute, self.only):
            return False
        return self.quiet is None or not _in(minute, self.quiet)

    def may_begin(self, at: datetime) -> bool:
        """Whether it may be begun now: it is open, and stays so while the message is on its way."""
        return self.is_open(at) and self.is_open(at + MARGIN)

    def moments(self, since: datetime, until: datetime) -> Iterator[datetime]:
        """The first moment at which it may go, then the first of each later day; none after `until`.

        Clocks that are put forward or back: what is meant is the wall clock, so candidates are every
        beginning of an open stretch, proved by `may_begin` itself.
        """
        if since <= until and self.may_begin(since):
            yield since
        day = since.astimezone(self.zone).date()
        last = until.astimezone(self.zone).date()
        before: date | None = since.astimezone(self.zone).date() if self.may_begin(since) else None
        while day <= last:
            for at in self._beginnings(day):
                if since < at <= until and self.may_begin(at) and day != before:
                    yield at
                    before = day
            day += timedelta(days=1)

    def day_of(self, at: datetime) -> int:
        """The customer's own day, as caps count it."""
        return at.astimezone(self.zone).date().toordinal()

    def _beginnings(self, day: date) -> list[datetime]:
        """Moments of a day at which something opens."""
        minutes = {0, self.quiet.ends % DAY if self.quiet else 0, self.only.begins % DAY if self.only else 0}
        found = set()
        for minute in minutes:
            wall = datetime.combine(day, time(minute // 60, minute % 60), tzinfo=self.zone)
            # Where the clock is put forward this wall time is not there: the first one after it is.
            for at in (wall.replace(fold=0), wall.replace(fold=1)):
                real = at.astimezone(UTC)
                if real.astimezone(self.zone).date() == day:
                    found.add(real)
        return sorted(found)


def _in(minute: int, span: WorkingSpan) -> bool:
    if span.begins < span.ends:
        return span.begins <= minute < span.ends
    return minute >= span.begins or minute < span.ends
