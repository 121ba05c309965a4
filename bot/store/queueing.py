"""What waits for a writer: the door's units first, the worker's a few at a time."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.store.group import Done, Failed, Outcome, Unit

#: Units in one group at the most: bounds how long a newcomer waits for the commit before his.
URGENT_AT_ONCE = 256
#: Of those that nobody waits for at the door, when nobody is there and when somebody is:
#: a claim costs a hundred times a callback's row.
OTHERS_AT_ONCE, OTHERS_BESIDE = 6, 1


@dataclass(frozen=True, slots=True)
class Submitted:
    """A unit and whoever waits for it."""

    lane_key: str
    unit: Unit
    future: asyncio.Future[Any]


class Waiting:
    """Two queues; each group takes all that is urgent and some of the rest, in order."""

    def __init__(self) -> None:
        self._urgent: deque[Submitted] = deque()
        self._others: deque[Submitted] = deque()
        #: How many groups were taken, and how many units in them.
        self.groups = self.units = 0

    def __bool__(self) -> bool:
        return bool(self._urgent or self._others)

    def add(self, one: Submitted, *, urgent: bool) -> None:
        """Queue a unit."""
        (self._urgent if urgent else self._others).append(one)

    def take(self) -> list[Submitted]:
        """The next group; empty when nothing waits."""
        group = [self._urgent.popleft() for _ in range(min(URGENT_AT_ONCE, len(self._urgent)))]
        room = OTHERS_BESIDE if group else OTHERS_AT_ONCE
        group += [self._others.popleft() for _ in range(min(room, len(self._others)))]
        self.groups += bool(group)
        self.units += len(group)
        return group


def resolve(pairs: Sequence[tuple[asyncio.Future[Any], Outcome]]) -> None:
    """Tell each caller what became of his unit."""
    for future, outcome in pairs:
        if future.done():
            continue
        match outcome:
            case Done(result):
                future.set_result(result)
            case Failed(error):
                future.set_exception(error)
