"""Beginnings that are dates and schedules: everybody is looked through at their moment, some at a time."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from calendar import isleap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeAlias

from bot.crm.cadence_words import read_cadence
from bot.crm.company import Company
from bot.crm.company.journey_triggers import OnDate, Scheduled
from bot.crm.journey_time import at_local, read_moment, read_span, shifted
from bot.journeys.admission import NotAdmitted
from bot.journeys.book import Book
from bot.journeys.course import Course
from bot.journeys.entering import Occasion, enter, known_of
from bot.journeys.following import STALE
from bot.store import incidents, journeys_dates, journeys_feed
from bot.store.desk import Desk
from bot.store.journeys_feed import Sweep

#: A walk, by its journey and its trigger.
Named: TypeAlias = tuple[str, str]
_DAY = timedelta(days=1)
#: Days by which a span may be longer than about so long.
_SLACK = 40


def triggers(way: Course) -> Iterator[tuple[str, OnDate | Scheduled]]:
    """Those of a journey, by a name that stays when others come and go."""
    for one in way.journey.enter:
        match one:
            case OnDate():
                yield f"date:{one.date}:{one.offset}:{one.at}:{one.yearly}", one
            case Scheduled():
                yield f"schedule:{one.schedule}", one
            case _:
                pass


@dataclass(frozen=True, slots=True)
class _Walk:
    """One trigger of one journey and where it stands; None if it never began."""

    way: Course
    name: str
    trigger: OnDate | Scheduled
    place: Sweep | None


async def _walks(desk: Desk, book: Book) -> list[_Walk]:
    places = await journeys_feed.sweeps(desk.tx)
    return [
        _Walk(way, name, trigger, places.get((way.key, name)))
        for way in book
        for name, trigger in triggers(way)
    ]


async def due(desk: Desk, book: Book) -> list[Named]:
    """The walks that are under way, or whose moment has come."""
    return [
        (one.way.key, one.name)
        for one in await _walks(desk, book)
        if one.place is None
        or one.place.reached is not None
        or next_moment(desk.company, one.trigger, one.place.moment) <= desk.now
    ]


async def sweep(desk: Desk, book: Book, named: Named, *, most: int) -> bool:
    """One part of this walk; whether there may be more."""
    walk = await _walk(desk, book, named)
    return walk is not None and await _step(desk, book, walk, most=most)


async def pass_by(desk: Desk, book: Book, named: Named) -> str:
    """The next one of this walk cannot be let in however often it is tried: he is counted; who it was, or "".

    ValueError: the walk does not get as far as anybody.
    """
    walk = await _walk(desk, book, named)
    place = None if walk is None else walk.place
    if walk is None or place is None or place.reached is None:
        msg = f"{named} is not on its way"
        raise ValueError(msg)
    found = await _whom(desk, walk.way, walk.trigger, place.moment, place.reached, most=1)
    if found:
        reason = f"{walk.way.key}:{NotAdmitted.FAILED}"
        await incidents.count(desk.tx, "journey.not_entered", reason, desk.now)
    await journeys_feed.set_sweep(desk.tx, walk.way.key, walk.name, place.moment, found[0] if found else None)
    return found[0] if found else ""


async def _walk(desk: Desk, book: Book, named: Named) -> _Walk | None:
    return next((one for one in await _walks(desk, book) if (one.way.key, one.name) == named), None)


async def _step(desk: Desk, book: Book, walk: _Walk, *, most: int) -> bool:
    way, name, trigger, place = walk.way, walk.name, walk.trigger, walk.place
    if place is None:
        # From now on: what came before it was published is over.
        await journeys_feed.set_sweep(desk.tx, way.key, name, desk.now, None)
        return True
    if place.reached is not None:
        found = await _whom(desk, way, trigger, place.moment, place.reached, most=most)
        await _let_in(desk, book, way, name, moment=place.moment, lead_ids=found)
        reached = found[-1] if len(found) == most else None
        await journeys_feed.set_sweep(desk.tx, way.key, name, place.moment, reached)
        return True
    moment = next_moment(desk.company, trigger, place.moment)
    if moment > desk.now:
        return False
    is_stale = moment < desk.now - STALE
    if is_stale:
        await incidents.count(desk.tx, "journey.not_entered", f"{way.key}:{NotAdmitted.TOO_OLD}", desk.now)
    await journeys_feed.set_sweep(desk.tx, way.key, name, moment, None if is_stale else "")
    return True


@lru_cache(maxsize=4096)
def next_moment(company: Company, trigger: OnDate | Scheduled, after: datetime) -> datetime:
    """When it next comes, by the company's clock."""
    zone = company.org.zone
    if isinstance(trigger, Scheduled):
        cadence = read_cadence(trigger.schedule)
        if cadence is None:  # the file was checked
            raise ValueError(trigger.schedule)
        return cadence.after(after, zone, company.working_time.calendar.is_working_day)
    clock = read_moment(trigger.at)
    if clock is None:  # the file was checked
        raise ValueError(trigger.at)
    day = after.astimezone(zone).date()
    today = at_local(day, clock.at, zone)
    return today if today > after else at_local(day + _DAY, clock.at, zone)


async def _whom(
    desk: Desk, way: Course, trigger: OnDate | Scheduled, moment: datetime, after: str, *, most: int
) -> Sequence[str]:
    if isinstance(trigger, Scheduled):
        return await journeys_feed.everybody(desk, way.journey.only, after, most=most)
    days = days_for(desk.company, trigger, moment.astimezone(desk.company.org.zone).date())
    if not days:
        return []
    spec = desk.company.registry[trigger.date]
    return await journeys_dates.on_days(desk, spec, days, yearly=trigger.yearly, after=after, most=most)


@lru_cache(maxsize=4096)
def days_for(company: Company, trigger: OnDate, today: date) -> tuple[date, ...]:
    """The dates that, with the offset, fall on this day."""
    offset = read_span(trigger.offset)
    if offset is None:  # the file was checked
        raise ValueError(trigger.offset)
    far = offset.rough.days
    near = range(-max(far, 0) - _SLACK, _SLACK - min(far, 0))

    def falls(n: int) -> date:
        return shifted(today + n * _DAY, offset, company.working_time)

    # The later a day, the later it falls: those that fall on this one lie side by side.
    first, after = bisect_left(near, today, key=falls), bisect_right(near, today, key=falls)
    found = [today + n * _DAY for n in near[first:after]]
    if trigger.yearly:
        # 29 February is kept on the 28th where there is none; the last one that was.
        found += [
            _leap_before(day.year)
            for day in found
            if (day.month, day.day) == (2, 28) and not isleap(day.year)
        ]
    return tuple(found)


def _leap_before(year: int) -> date:
    return date(next(one for one in range(year - 1, 0, -1) if isleap(one)), 2, 29)


def is_day(company: Company, trigger: OnDate, value: Any, today: date) -> bool:  # noqa: ANN401 - any value of a field
    """Whether somebody's date is meant by this day."""
    zone = company.org.zone
    day = value.astimezone(zone).date() if isinstance(value, datetime) else value
    if not isinstance(day, date):
        return False
    days = days_for(company, trigger, today)
    if not trigger.yearly:
        return day in days
    return bool(days) and day < max(days) and any((d.month, d.day) == (day.month, day.day) for d in days)


async def _let_in(
    desk: Desk, book: Book, way: Course, name: str, *, moment: datetime, lead_ids: Sequence[str]
) -> None:
    if not lead_ids:
        return
    known = await known_of(desk, lead_ids)
    stamp = moment.isoformat()
    those = [
        Occasion(lead_id, f"{name}:{stamp}", stamp if way.journey.business_key else "", due=moment)
        for lead_id in lead_ids
    ]
    await enter(desk, book, way, those, known)
