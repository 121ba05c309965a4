"""The working-time clock against one that looks at every minute: `python -m tests.crm.clock_cases --cases N`.

The oracle knows the State Council's notices from a copy of its own and no arithmetic but counting.
"""

from __future__ import annotations

import argparse
import random
import sys
from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from bot.crm.working_time import WorkingSpan, WorkingTime
from bot.kit.calendar import Calendar
from tests.kit.test_calendar import OFF, WORKED, days

SHANGHAI = ZoneInfo("Asia/Shanghai")
FIRST, LAST = 2018, 2026
#: Days that one case may span.
_LONGEST = 40
#: Shapes of a working day, in minutes from midnight.
HOURS: tuple[tuple[tuple[int, int], ...], ...] = (
    ((540, 720), (810, 1080)),
    ((0, 1440),),
    ((0, 120), (1320, 1440)),
    ((600, 601), (602, 1079)),
)


@lru_cache(maxsize=16)
def _tables(year: int) -> tuple[frozenset[date], frozenset[date]]:
    return frozenset(days(year, OFF[year])), frozenset(days(year, WORKED[year]))


def is_worked(day: date) -> bool:
    """By the notices alone."""
    off, worked = _tables(day.year)
    return day in worked or (day.weekday() < 5 and day not in off)


@lru_cache(maxsize=4)
def minutes(shape: int) -> list[int]:
    """Every worked minute of all years, as minutes since the beginning, in order."""
    found: list[int] = []
    day, begin = date(FIRST, 1, 1), 0
    while day.year <= LAST:
        if is_worked(day):
            for begins, ends in HOURS[shape]:
                found.extend(range(begin + begins, begin + ends))
        day, begin = day + timedelta(days=1), begin + 1440
    return found


#: Shanghai has kept one offset in all these years, so minutes count through.
_EPOCH = datetime(FIRST, 1, 1, tzinfo=SHANGHAI).astimezone(UTC)


def cases(count: int, seed: int) -> Iterator[tuple[int, int, int]]:
    """Shape, first minute, and how many minutes later; half of them around festivals."""
    dice = random.Random(seed)
    total = (date(LAST, 11, 1) - date(FIRST, 1, 1)).days * 1440
    turns = [
        (day - date(FIRST, 1, 1)).days * 1440
        for year in range(FIRST, LAST + 1)
        for day in (*days(year, OFF[year]), *days(year, WORKED[year]))
        if day < date(LAST, 11, 1)
    ]
    for _ in range(count):
        start = dice.randrange(total)
        if dice.random() < 0.5:
            start = min(max(dice.choice(turns) + dice.randrange(-4320, 2880), 0), total)
        yield dice.randrange(len(HOURS)), start, dice.randrange(_LONGEST * 1440)


def check(shape: int, start: int, span: int) -> str:
    """What is wrong with this case; empty if nothing is."""
    hours = tuple(WorkingSpan(begins, ends) for begins, ends in HOURS[shape])
    clock = WorkingTime(calendar=Calendar(), hours=hours)
    worked = minutes(shape)
    begin, end = _EPOCH + timedelta(minutes=start), _EPOCH + timedelta(minutes=start + span)
    at = bisect_left(worked, start)
    counted = bisect_left(worked, start + span) - at
    if clock.working_between(begin, end) != timedelta(minutes=counted):
        return f"between {begin} and {end}: {clock.working_between(begin, end)}, not {counted} minutes"
    wanted = worked[at + counted - 1] + 1 if counted else worked[at]
    reached = clock.add_working(begin, timedelta(minutes=counted))
    if reached != _EPOCH + timedelta(minutes=wanted):
        return f"{begin} and {counted} minutes: {reached}, not {_EPOCH + timedelta(minutes=wanted)}"
    is_working = at < len(worked) and worked[at] == start
    return "" if clock.is_working(begin) == is_working else f"{begin}: is_working is not {is_working}"


def wrong(count: int, seed: int = 20261122) -> list[str]:
    """All that is wrong among so many cases."""
    return [said for case in cases(count, seed) if (said := check(*case))]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=20261122)
    given = parser.parse_args()
    found = wrong(given.cases, given.seed)
    print("\n".join(found[:20]) or f"{given.cases} cases, all equal")  # noqa: T201 - a command's answer
    sys.exit(bool(found))
