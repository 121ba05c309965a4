"""config/calendar.yaml: working hours, and the company's own days over the state's."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Literal, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, model_validator

from bot.crm.company.words import Label, UserId
from bot.crm.working_time import WorkingSpan, WorkingTime
from bot.kit.calendar import Calendar
from bot.kit.yaml_model import FaultAtError, Strict

Weekday: TypeAlias = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_HOURS = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])\s*[-–~]\s*([01]?[0-9]|2[0-4]):([0-5][0-9])", re.ASCII)


def read_hours(text: str) -> WorkingSpan:
    """`9:00-12:00` as minutes of the day; ValueError in Chinese if it is not that."""
    found = _HOURS.fullmatch(text.strip())
    if not found:
        msg = f"“{text}”不是时间段，例如 09:00-12:00"
        raise ValueError(msg)
    hour, minute, to_hour, to_minute = map(int, found.groups())
    span = WorkingSpan(hour * 60 + minute, to_hour * 60 + to_minute)
    if span.ends > 24 * 60:
        msg = f"“{text}”超过了 24:00"
        raise ValueError(msg)
    if span.ends <= span.begins:
        msg = f"“{text}”的结束要晚于开始；跨零点请分成两段"
        raise ValueError(msg)
    return span


def _hours(text: str) -> str:
    read_hours(text)
    return text


def _apart(spans: tuple[str, ...]) -> tuple[str, ...]:
    read = [read_hours(text) for text in spans]
    for (text, before), after in zip(zip(spans, read, strict=True), read[1:], strict=False):
        if after.begins < before.ends:
            msg = f"时间段要按先后排列且不重叠：“{text}”之后的一段开始得太早"
            raise ValueError(msg)
    return spans


Hours: TypeAlias = Annotated[tuple[Annotated[str, AfterValidator(_hours)], ...], AfterValidator(_apart)]


class YearNotice(Strict):
    """A year's notice typed in by hand, for the weeks until the program knows it."""

    #: Its title or number, shown to people.
    source: Label
    #: Working days off and their names; plain weekends need not be listed.
    holidays: Mapping[date, Label]
    #: Weekends that are worked.
    worked: tuple[date, ...] = ()


class Leave(Strict):
    """Somebody is away, the first and the last day included."""

    user: UserId
    first: date
    last: date
    #: Answers for him; without one his manager hears of what cannot wait.
    cover: UserId | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Leave:
        if self.last < self.first:
            msg = "last 不能早于 first"
            raise FaultAtError(("last",), msg)
        if self.cover == self.user:
            msg = "不能由请假的人自己代班"
            raise FaultAtError(("cover",), msg)
        return self


class CompanyCalendar(Strict):
    """When we are at work."""

    hours: Hours = Field(min_length=1)
    #: Where a weekday differs; an empty list means nobody works then, 调休 or not.
    hours_of: Mapping[Weekday, Hours] = {}
    #: Days that the company gives besides the state's.
    holidays: Mapping[date, Label] = {}
    #: Days that the company works although the state does not.
    worked: tuple[date, ...] = ()
    #: Absences that are known beforehand; what people say in chat comes on top.
    leave: tuple[Leave, ...] = ()
    #: By year.
    notices: Mapping[Annotated[str, Field(pattern=r"^20[0-9]{2}$")], YearNotice] = {}

    @model_validator(mode="after")
    def _one_or_the_other(self) -> CompanyCalendar:
        both = set(self.holidays) & set(self.worked)
        if both:
            msg = f"{min(both)} 既写成放假又写成上班"
            raise FaultAtError(("worked", self.worked.index(min(both))), msg)
        for year, notice in self.notices.items():
            strange = [day for day in (*notice.holidays, *notice.worked) if day.year != int(year)]
            if strange:
                msg = f"{min(strange)} 不在 {year} 年"
                raise FaultAtError(("notices", year), msg)
        if not any(self.hours_of.get(day, self.hours) for day in WEEKDAYS[:5]):
            msg = "周一到周五没有任何上班时间"
            raise FaultAtError(("hours_of",), msg)
        return self

    def calendar(self) -> Calendar:
        """The state's days with ours over them; the company's own days win over a notice."""
        noticed = {day: name for notice in self.notices.values() for day, name in notice.holidays.items()}
        noticed_worked = {day for notice in self.notices.values() for day in notice.worked}
        days_off = {day: name for day, name in {**noticed, **self.holidays}.items() if day not in self.worked}
        return Calendar(
            days_off=days_off,
            worked=frozenset((noticed_worked | set(self.worked)) - set(self.holidays)),
            sources={int(year): notice.source for year, notice in self.notices.items()},
        )

    def working_time(self, zone: ZoneInfo) -> WorkingTime:
        """The arithmetic of working time for this company."""
        return WorkingTime(
            calendar=self.calendar(),
            hours=tuple(read_hours(text) for text in self.hours),
            hours_of={
                WEEKDAYS.index(day): tuple(read_hours(text) for text in spans)
                for day, spans in self.hours_of.items()
            },
            zone=zone,
        )
