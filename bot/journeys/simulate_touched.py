"""Messages of a simulation on their way to an end: who waits for what one will never bring goes on then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from bot.journeys.imagined import Answered

DISPLACED = "not_sent:capped"


@dataclass(frozen=True, slots=True)
class Ended:
    """One that has come to it."""

    way: str
    place: str
    came_to: str
    #: Its line among those that were told, which says so from now on.
    occasion: str


@dataclass(slots=True)
class Ends:
    """By occasion: when each ends, and how."""

    _ahead: dict[str, tuple[datetime, Ended]] = field(default_factory=dict)

    def add(self, occasion: str, way: str, place: str, said: Answered, now: datetime) -> None:
        """One more; another that gave its place to it is over now."""
        if said.ends_at is not None:
            self._ahead[occasion] = (said.ends_at, Ended(way, place, said.came_to, occasion))
        if said.displaces in self._ahead:
            _, gone = self._ahead[said.displaces]
            self._ahead[said.displaces] = (now, Ended(gone.way, gone.place, DISPLACED, gone.occasion))

    def next(self) -> datetime | None:
        """When the next one ends."""
        return min((at for at, _ in self._ahead.values()), default=None)

    def over(self, now: datetime) -> Iterator[Ended]:
        """Those that have; each once."""
        done = [(at, one) for at, one in self._ahead.values() if at <= now]
        for _, one in done:
            del self._ahead[one.occasion]
        yield from (one for _, one in sorted(done, key=lambda each: each[0]))
