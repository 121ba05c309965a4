"""Which segments one simulated person is in: looked at again whenever he, or time, may have changed that."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.crm.company.journey_segments import segments_of
from bot.crm.company.segments import Segment
from bot.crm.condition import Bought, Condition, Elapsed, Happened, leaves
from bot.journeys.course import Course
from bot.journeys.person import Person


@dataclass(slots=True)
class Membership:
    """His, from one moment to the next."""

    person: Person
    segments: tuple[Segment, ...]
    _inside: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, person: Person, ways: Iterable[Course], now: datetime) -> Membership:
        """In which he is already: by these nobody enters anything."""
        asked = segments_of({way.key: way.journey for way in ways})
        found = [one for key in sorted(asked) if (one := person.company.segments.meant(key)) is not None]
        made = cls(person, tuple(found))
        made.entered(now)
        return made

    def entered(self, now: datetime) -> list[str]:
        """Those that he has come into since the last look; from one that he left he can come again."""
        if not self.segments:
            return []
        sight = self.person.sight(now)
        inside = {one.key for one in self.segments if sight.holds(one.when)}
        new = sorted(inside - self._inside)
        self._inside = inside
        return new

    def next(self, now: datetime) -> datetime | None:
        """When time alone may change it."""
        moments = (at for one in self.segments for at in _moments(self.person, one.when, now))
        return min((at for at in moments if at > now), default=None)


def _moments(person: Person, condition: Condition, now: datetime) -> Iterator[datetime]:
    """The ends of the spans that this condition counts."""
    for leaf in leaves(condition):
        match leaf:
            case Elapsed():
                since = person.moment(leaf.since, now)
                if since is not None:
                    yield since + timedelta(days=leaf.days)
            case Happened(within_days=int(days)):
                yield from (one.at + timedelta(days=days) for one in person.did)
            case Bought(within_days=int(days)):
                yield from (one.at + timedelta(days=days) for one in person.orders)
            case _:
                pass
