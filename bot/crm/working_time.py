"""Time as a sales team counts it: only while people are at work."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.kit.calendar import HORIZON, Calendar

#: Minutes of a day; the end of a span may be midnight, written 24:00.
DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class WorkingSpan:
    """A stretch of one day, in minutes from its midnight, half open."""

    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A calendar, the hours of its working days, and the zone they are meant in.

    Moments are aware; what comes back is in UTC. A worked weekend has the usual hours unless
    its weekday has hours of its own.
    """

    calendar: Calendar
    #: Sorted and apart.
    hours: tuple[WorkingSpan, ...]
    #: By weekday (Monday is 0), where they differ.
    hours_of: Mapping[int, tuple[WorkingSpan, ...]] = field(default_factory=dict)
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("Asia/Shanghai"))

    def next_working_moment(self, at: datetime) -> datetime:
        """`at` itself if people are at work then, else when they next are."""
        begins, _ = next(self._spans(at))
        return begins

    def add_working(self, start: datetime, span: timedelta) -> datetime:
        """The moment at which `span` of working time has gone by since `start`.

        Edge: a span that is used up at closing time ends then, not the next morning; a span of
        zero ends at the next working moment. Raises ValueError for a negative span, and for one
        that takes longer than the calendar looks ahead.
        """
        if span < timedelta(0):
            msg = f"cannot add {span}"
            raise ValueError(msg)
        left, spans = span, self._spans(start)
        begins, ends = next(spans)
        while left > ends - begins:
            left -= ends - begins
            begins, ends = next(spans)
        return begins + left

    def working_between(self, start: datetime, end: datetime) -> timedelta:
        """The working time from `start` to `end`; zero if `end` is not later."""
        total = timedelta(0)
        if end <= start:
            return total
        for begins, ends in self._spans(start):
            if begins >= end:
                break
            total += min(ends, end) - begins
        return total

    def is_working(self, at: datetime) -> bool:
        """Whether people are at work at this moment."""
        return self.next_working_moment(at) == at

    def spans_on(self, day: date) -> tuple[WorkingSpan, ...]:
        """The hours of one day; none if it is not worked."""
        if not self.calendar.is_working_day(day):
            return ()
        return self.hours_of.get(day.weekday(), self.hours)

    def _spans(self, start: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Working stretches after `start` in UTC, the first one cut to it; at least one is found."""
        if start.tzinfo is None:
            msg = "a moment must bear its zone"
            raise ValueError(msg)
        start = start.astimezone(UTC)
        # A day early: in the company's zone it may already be the day before or after.
        first = start.astimezone(self.zone).date() - timedelta(days=1)
        for offset in range(HORIZON):
            day = first + timedelta(days=offset)
            for span in self.spans_on(day):
                begins, ends = self._moment(day, span.begins), self._moment(day, span.ends)
                if ends > start:
                    yield max(begins, start), ends
        msg = f"no more working time within {HORIZON} days after {start.isoformat()}"
        raise ValueError(msg)

    def _moment(self, day: date, minute: int) -> datetime:
        day, minute = day + timedelta(days=minute // DAY), minute % DAY
        return datetime.combine(day, time(minute // 60, minute % 60), tzinfo=self.zone).astimezone(UTC)
