"""The journeys of one moment: how each stands, and every version that somebody is still in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bot.journeys.course import Course, course
from bot.store import Tx, journeys
from bot.store.journeys import State


class Shelf:
    """Versions that were read once: they never change."""

    def __init__(self) -> None:
        self._ways: dict[tuple[str, int], Course] = {}

    async def way(self, tx: Tx, key: str, version: int) -> Course:
        """One version, ready; KeyError if it was never published."""
        found = self._ways.get((key, version))
        if found is None:
            kept = await journeys.version(tx, key, version)
            if kept is None:
                raise KeyError((key, version))
            found = self._ways[key, version] = course(key, version, kept.definition)
        return found


@dataclass(frozen=True, slots=True)
class Book:
    """What newcomers may enter."""

    shelf: Shelf
    states: dict[str, State]
    #: By journey: the version that newcomers take; those that are stopped are not here.
    open: dict[str, Course]

    def __iter__(self) -> Iterator[Course]:
        return iter(self.open.values())

    def is_paused(self, key: str) -> bool:
        """Nobody moves in it."""
        state = self.states.get(key)
        return state is not None and state.state == journeys.PAUSED

    def is_stopped(self, key: str) -> bool:
        """It is over, for those inside too."""
        state = self.states.get(key)
        return state is None or state.state == journeys.STOPPED


async def open_book(tx: Tx, shelf: Shelf, *, hold: bool = False) -> Book:
    """How the journeys stand; with `hold`, for this unit alone."""
    states = await journeys.states(tx, hold=hold)
    ways = {
        key: await shelf.way(tx, key, state.version)
        for key, state in states.items()
        if state.state != journeys.STOPPED
    }
    return Book(shelf, states, ways)
