"""Which days are worked in mainland China: Monday to Friday, festivals, and 调休.

Statutory days come from the `holidays` package, which follows the State Council's yearly notice; a
table of one's own lies over it. A year whose notice the package does not know is provisional: its
festivals are known from the lunar calendar, its bridge days and its worked weekends are not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

#: Days. A search that finds none in so long has a table without working days.
HORIZON = 3_660
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class StatutoryYear:
    """What the state says of one year."""

    #: By day, with the Chinese name; weekends inside a festival may be left out.
    days_off: Mapping[date, str]
    #: Saturdays and Sundays that are worked in exchange for a bridge day.
    worked_weekends: frozenset[date]
    #: Whether the notice of that year is in it.
    decreed: bool


@lru_cache(maxsize=64)
def statutory(year: int) -> StatutoryYear:
    """The state's table of one year; a notice may also move days of the year before its own."""
    from holidays.countries.china import China  # noqa: PLC0415 - slow to import

    table = China(  # type: ignore[no-untyped-call]  # its constructor is not annotated
        years=range(year - 1, year + 2), language="zh_CN"
    )
    return StatutoryYear(
        days_off={day: name for day, name in sorted(table.items()) if day.year == year},
        worked_weekends=frozenset(day for day in table.weekend_workdays if day.year == year),
        decreed=year in table.special_public_holidays,
    )


@dataclass(frozen=True, slots=True)
class Calendar:
    """The state's days with a company's own table over them; the company's word is the last."""

    #: A company's own days off, with their names.
    days_off: Mapping[date, str] = field(default_factory=dict)
    #: A company's own working days.
    worked: frozenset[date] = frozenset()
    #: Years whose notice is wholly in the company's table, with its source; for these
    #: the package's guess is left aside if it does not know the notice itself.
    sources: Mapping[int, str] = field(default_factory=dict)

    def is_working_day(self, day: date) -> bool:
        """Whether people work on this day."""
        if day in self.worked:
            return True
        if day in self.days_off:
            return False
        state = self._state(day.year)
        if state is not None and day in state.worked_weekends:
            return True
        return day.weekday() < SATURDAY and (state is None or day not in state.days_off)

    def name_of(self, day: date) -> str | None:
        """What the day off is called; None on a working day or a plain weekend."""
        if self.is_working_day(day):
            return None
        state = self._state(day.year)
        return self.days_off.get(day) or (state.days_off.get(day) if state else None)

    def decreed(self, year: int) -> bool:
        """Whether the year's holidays are known for certain."""
        return year in self.sources or statutory(year).decreed

    def source(self, year: int) -> str:
        """Where the year's days come from, for people."""
        if year in self.sources:
            return self.sources[year]
        if statutory(year).decreed:
            return f"国务院办公厅关于{year}年部分节假日安排的通知"
        return f"{year}年放假安排尚未公布，暂按周一至周五和法定节日推定，不含调休"

    def undecreed(self, first: date, last: date) -> tuple[int, ...]:
        """The years between two days whose holidays are only presumed."""
        return tuple(year for year in range(first.year, last.year + 1) if not self.decreed(year))

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`; ValueError if there is none within ten years."""
        return self.add_working_days(day, 1)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`, which itself is not counted; 0 gives `day`."""
        found = day
        for _ in range(count):
            found = self._first_after(found)
        return found

    def _first_after(self, day: date) -> date:
        for offset in range(1, HORIZON):
            found = day + timedelta(days=offset)
            if self.is_working_day(found):
                return found
        msg = f"no working day within {HORIZON} days after {day}"
        raise ValueError(msg)

    def _state(self, year: int) -> StatutoryYear | None:
        """The state's table, unless the company's replaces a mere guess."""
        state = statutory(year)
        return None if year in self.sources and not state.decreed else state
