"""Due times in Chinese words: 下周二, 周五下午3点, 3天后, 半小时后, 月底, 11月28日上午."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from bot.crm.clock_words import ClockWord, find_clocks
from bot.crm.day_words import DayWord, find_days
from bot.crm.working_time import DAY, WorkingTime
from bot.crm.written import NUMBER, half_width, read_number
from bot.kit.calendar import Calendar

#: Characters. People who write more than this do not write due times.
_LONGEST = 600
_HALF_HOUR = timedelta(minutes=30)
#: For asking whether a text names a day at all.
_ANY_DAY = date(2026, 1, 5)
_MOST_HOURS = 24 * 366
_SPAN = re.compile(
    rf"(?:再?过|等)?\s*(?:(?P<half>半个?(?:小时|钟头))|(?P<quarter>[一三])刻钟|"
    rf"(?P<count>{NUMBER})\s*个?(?P<and_half>半)?\s*(?P<unit>小时|钟头|分钟))\s*(?:之后|以后|后|之内|以内|内)"
)
#: Between a day and its time, and after both: 下周二(的)下午3点(之前).
_JOINT = re.compile(r"[\s的,(]{0,2}")
_TAIL = re.compile(r"\s*(?:之前|以前|前(?!台|期|面|往|端|去|来)|左右|许)")


@dataclass(frozen=True, slots=True)
class When:
    """A due moment and the place in the text that it came from."""

    #: Aware, UTC. For a whole day: when its work ends.
    due_at: datetime
    #: Only the day was said.
    whole_day: bool
    begins: int
    ends: int


def find_whens(text: str, *, now: datetime, working_time: WorkingTime) -> tuple[When, ...]:
    """Every moment ahead that a text names, from left to right; what has gone by is left out."""
    text = half_width(text[:_LONGEST]).lower()
    local = now.astimezone(working_time.zone)
    spans = list(_spans(text, now))
    days = [
        day
        for day in find_days(text, today=local.date(), calendar=working_time.calendar)
        if not _inside(day.begins, spans)
    ]
    clocks = [clock for clock in find_clocks(text) if not _inside(clock.begins, spans)]
    found = [*spans, *_moments(text, days, clocks, local, working_time)]
    return tuple(sorted((one for one in found if one.due_at > now), key=lambda one: one.begins))


def read_when(text: str, *, now: datetime, working_time: WorkingTime) -> When | None:
    """The first moment ahead that a text names."""
    found = find_whens(text, now=now, working_time=working_time)
    return found[0] if found else None


def names_moment(text: str) -> bool:
    """Say whether a text has words of time in it, past or ahead."""
    text = half_width(text[:_LONGEST]).lower()
    if _SPAN.search(text) or any(not clock.needs_day for clock in find_clocks(text)):
        return True
    return any(True for _ in find_days(text, today=_ANY_DAY, calendar=Calendar()))


def begins_with_moment(text: str) -> bool:
    """Say whether a text begins with words of time: 明天下午回访, but not 客户明天回访."""
    text = half_width(text[:_LONGEST]).lower().lstrip()
    days = find_days(text, today=_ANY_DAY, calendar=Calendar())
    begins = [clock.begins for clock in find_clocks(text) if not clock.needs_day] + [
        day.begins for day in days
    ]
    return _SPAN.match(text) is not None or 0 in begins


def day_end(day: date, working_time: WorkingTime) -> datetime:
    """When the work of a day ends; a day off ends as a usual one. UTC."""
    hours = working_time.spans_on(day) or working_time.hours
    return _at_minute(day, hours[-1].ends, working_time)


def day_begin(day: date, working_time: WorkingTime) -> datetime:
    """When the work of a day begins; a day off begins as a usual one. UTC."""
    hours = working_time.spans_on(day) or working_time.hours
    return _at_minute(day, hours[0].begins, working_time)


def remind_at(due_at: datetime, *, whole_day: bool, now: datetime, working_time: WorkingTime) -> datetime:
    """When to remind of something due: then, or that morning, and always while people are at work.

    Edge: for a moment outside working hours it is the end of the work before it; if that has
    gone by (he plans at night for the night) it is the moment itself.
    """
    if whole_day:
        begins = day_begin(due_at.astimezone(working_time.zone).date(), working_time)
        wanted = begins if begins > now else working_time.next_working_moment(now)
        return min(wanted, due_at) if due_at > now else due_at
    if working_time.is_working(due_at):
        return due_at
    before = _closing_before(due_at, working_time)
    return before if before is not None and before > now else due_at


def overdue_at(due_at: datetime, working_time: WorkingTime) -> datetime:
    """The first working moment of a later day than the one it was due."""
    local = due_at.astimezone(working_time.zone)
    midnight = datetime.combine(local.date() + timedelta(days=1), time(), tzinfo=working_time.zone)
    return working_time.next_working_moment(midnight)


def _closing_before(at: datetime, working_time: WorkingTime) -> datetime | None:
    day = at.astimezone(working_time.zone).date()
    for offset in range(14):
        for span in reversed(working_time.spans_on(day - timedelta(days=offset))):
            ends = _at_minute(day - timedelta(days=offset), span.ends, working_time)
            if ends <= at:
                return ends
    return None


def _at_minute(day: date, minute: int, working_time: WorkingTime) -> datetime:
    day, minute = day + timedelta(days=minute // DAY), minute % DAY
    return datetime.combine(day, time(minute // 60, minute % 60), tzinfo=working_time.zone).astimezone(UTC)


def _inside(begins: int, spans: list[When]) -> bool:
    return any(span.begins <= begins < span.ends for span in spans)


def _spans(text: str, now: datetime) -> Iterator[When]:
    """半小时后, 2个小时内: counted from now, on the clock and not in working time."""
    for found in _SPAN.finditer(text):
        if found["half"]:
            ahead = _HALF_HOUR
        elif found["quarter"]:
            ahead = timedelta(minutes=15 if found["quarter"] == "一" else 45)
        else:
            count = float(read_number(found["count"]) or 0) + (0.5 if found["and_half"] else 0)
            ahead = timedelta(minutes=min(count, _MOST_HOURS) * (1 if found["unit"] == "分钟" else 60))
        yield When(now + ahead, whole_day=False, begins=found.start(), ends=found.end())


def _moments(
    text: str, days: list[DayWord], clocks: list[ClockWord], local: datetime, working_time: WorkingTime
) -> Iterator[When]:
    taken: set[int] = set()
    for day in days:
        joint = _JOINT.match(text, day.ends)
        follows = joint.end() if joint else day.ends
        clock = next((one for one in clocks if one.begins in {day.ends, follows}), None)
        if clock is None:
            yield _whole(text, day, local, working_time)
            continue
        taken.add(clock.begins)
        yield When(_at(day.on, clock.at, working_time), False, day.begins, _tail(text, clock.ends))
    for clock in clocks:
        if clock.begins not in taken and not clock.needs_day:
            yield from _today(text, clock, local, working_time)


def _whole(text: str, day: DayWord, local: datetime, working_time: WorkingTime) -> When:
    due_at = day_end(day.on, working_time)
    if day.on == local.date() and due_at <= local:
        due_at = _at(day.on, time(23, 59), working_time)
    return When(due_at, whole_day=True, begins=day.begins, ends=_tail(text, day.ends))


def _today(text: str, clock: ClockWord, local: datetime, working_time: WorkingTime) -> Iterator[When]:
    """A time without a day is today's, or the next working day's once it has gone by."""
    due_at = _at(local.date(), clock.at, working_time)
    if due_at <= local:
        if clock.is_vague:
            return
        due_at = _at(working_time.calendar.next_working_day(local.date()), clock.at, working_time)
    yield When(due_at, whole_day=False, begins=clock.begins, ends=_tail(text, clock.ends))


def _at(day: date, clock: time, working_time: WorkingTime) -> datetime:
    return datetime.combine(day, clock, tzinfo=working_time.zone).astimezone(UTC)


def _tail(text: str, at: int) -> int:
    tail = _TAIL.match(text, at)
    return tail.end() if tail else at
