"""Many stored leads through one journey in memory: bounded, beside the writer, a person at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.crm.company.journey_steps import EnterJourney
from bot.crm.company.journeys import Journey
from bot.crm.user import User
from bot.journeys.admission import NotAdmitted
from bot.journeys.book import Book, Shelf, open_book
from bot.journeys.course import Course, course
from bot.journeys.graph import walk
from bot.journeys.tally import Tally
from bot.store import users
from bot.store.desk import Desk

#: People who are looked at, and people who are walked through; who is more is stood for by these.
LOOKED_AT, WALKED = 5_000, 200
#: People who are read together.
CHUNK = 50


@dataclass(frozen=True, slots=True)
class Trial:
    """What a journey would come to, ahead or over the past."""

    key: str
    name: str
    begins: datetime
    until: datetime
    #: Whom it concerns, in words; empty where a journey says that itself.
    whom: str
    #: How many those are; `is_more`: only so many were looked at.
    looked_at: int
    is_more: bool
    #: How many of them would enter, or whom something happened to that begins it.
    concerned: int
    not_admitted: Mapping[NotAdmitted, int]
    tally: Tally
    #: Colleagues who get tasks.
    people: Mapping[str, User]
    #: What of it really went out over the past, where it ran then.
    sent: int = 0
    #: Nobody can say whom it will concern.
    is_unknown: bool = False

    @property
    def scale(self) -> float:
        """For how many each who was walked stands."""
        return self.concerned / self.tally.walked if self.tally.walked else 1.0


async def ways_of(desk: Desk, key: str, journey: Journey) -> tuple[Book, dict[str, Course]]:
    """The journey as it is written now, and those that it puts people into as they run."""
    book = await open_book(desk.tx, Shelf())
    ways = {key: course(key, 0, journey)}
    waiting = [journey]
    while waiting:
        for step in walk(waiting.pop().steps):
            other = book.open.get(step.enter) if isinstance(step, EnterJourney) else None
            if other is not None and other.key not in ways:
                ways[other.key] = other
                waiting.append(other.journey)
    return book, ways


def spread(those: Sequence[str], most: int = WALKED) -> list[str]:
    """So many of them, evenly: the same ones each time."""
    if len(those) <= most:
        return list(those)
    return [those[n * len(those) // most] for n in range(most)]


async def breathe() -> None:
    """Let whoever waits for the loop have it."""
    await asyncio.sleep(0)


async def people_of(desk: Desk, tally: Tally) -> Mapping[str, User]:
    """The colleagues with tasks."""
    found = [await users.find(desk.tx, one) for one in sorted(tally.tasks) if one]
    return {one.id: one for one in found if one is not None}
