"""How often something comes by itself, and when: 每个工作日 08:50, 每周一 09:00, 每月最后一天 18:00."""

from __future__ import annotations

import enum
from calendar import monthrange
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: Days looked ahead; every cadence falls due within it, whatever the calendar.
_HORIZON = 400
#: The longest row of days off that a shifted day waits out.
_LONGEST_HOLIDAY = 21
#: Stands for the last day of a month.
LAST = 0
_WEEKDAYS = "一二三四五六日"
_DAY = timedelta(days=1)
#: Behind each day that a month may have.
_LAST_OF_ALL = 32
#: Whether people work on a day.
IsWorked = Callable[[date], bool]


class Every(enum.StrEnum):
    """The unit; stored, so never rename one."""

    DAY = "day"
    WORKDAY = "workday"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Cadence:
    """Local days and a local time of day.

    `days` are weekdays (Monday is 0) or days of the month (LAST is the last; the 31st of a shorter
    month is its last).
    """

    every: Every
    at: time
    days: tuple[int, ...] = ()
    #: What would fall on a day off comes on the next working day instead.
    shifts: bool = False

    def spell(self) -> str:
        """Plain text for storing: `week 0,2 09:00`."""
        days = ",".join(map(str, self.days)) or "-"
        return f"{self.every.value}{'+' if self.shifts else ''} {days} {self.at:%H:%M}"

    @classmethod
    def read(cls, spelled: str) -> Cadence:
        """Read what `spell` wrote; ValueError for anything else."""
        every, days, at = spelled.split(" ")
        return cls(
            Every(every.rstrip("+")),
            time.fromisoformat(at),
            () if days == "-" else tuple(map(int, days.split(","))),
            every.endswith("+"),
        )

    @property
    def place(self) -> tuple[int, tuple[int, ...], time]:
        """Where it stands in a list: each day's by the hour, then weeks, then months by the day."""
        if self.every in {Every.DAY, Every.WORKDAY}:
            return 0, (), self.at
        if self.every is Every.WEEK:
            return 1, self.days, self.at
        return 2, tuple(sorted(one or _LAST_OF_ALL for one in self.days)), self.at

    def is_due_on(self, day: date, is_worked: IsWorked) -> bool:
        """Whether it comes on this day."""
        if self.every is Every.WORKDAY:
            return is_worked(day)
        if not self.shifts:
            return self._names(day)
        if not is_worked(day):
            return False
        earlier = day
        for _ in range(_LONGEST_HOLIDAY):
            if self._names(earlier):
                return True
            earlier -= _DAY
            if is_worked(earlier):
                break
        return False

    def after(self, moment: datetime, zone: ZoneInfo, is_worked: IsWorked) -> datetime:
        """The next time it comes, later than `moment`; aware, in the company's zone."""
        return next(self._from(moment, zone, is_worked))

    def between(
        self, since: datetime, until: datetime, zone: ZoneInfo, is_worked: IsWorked
    ) -> list[datetime]:
        """Every time it came after `since` and not after `until`."""
        found = []
        for moment in self._from(since, zone, is_worked):
            if moment > until:
                break
            found.append(moment)
        return found

    def say(self) -> str:
        """As people say it."""
        return f"{self._said_days()} {self.at:%H:%M}"

    def _names(self, day: date) -> bool:
        if self.every is Every.WEEK:
            return day.weekday() in self.days
        if self.every is Every.MONTH:
            last = monthrange(day.year, day.month)[1]
            return any(day.day == (last if n == LAST else min(n, last)) for n in self.days)
        return True

    def _from(self, moment: datetime, zone: ZoneInfo, is_worked: IsWorked) -> Iterator[datetime]:
        day = moment.astimezone(zone).date()
        for offset in range(_HORIZON):
            on = day + timedelta(days=offset)
            at = datetime.combine(on, self.at, tzinfo=zone)
            if at > moment and self.is_due_on(on, is_worked):
                yield at
        msg = f"{self.spell()} does not come within {_HORIZON} days after {moment.isoformat()}"
        raise ValueError(msg)

    def _said_days(self) -> str:
        if self.every is Every.DAY:
            return "每天"
        if self.every is Every.WORKDAY:
            return "每个工作日"
        if self.every is Every.WEEK:
            return "每周" + "、".join(_WEEKDAYS[n] for n in self.days)
        return "每月" + "、".join("最后一天" if n == LAST else f"{n}号" for n in self.days)
