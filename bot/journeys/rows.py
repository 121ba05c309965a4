"""A standing as a row of the store, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.journeys.course import Course, Moved, Standing
from bot.journeys.step import Memory
from bot.store.enrollments import DONE, RUNNING, Row, StepRow


def standing(row: Row) -> Standing:
    """Read a row."""
    return _standing(row, Memory.read(row.memory))


def standings(rows: Sequence[Row]) -> list[Standing]:
    """Read many; whose memories are one document share one memory."""
    read: dict[int, Memory] = {}
    found = []
    for row in rows:
        memory = read.get(id(row.memory))
        if memory is None:
            memory = read[id(row.memory)] = Memory.read(row.memory)
        found.append(_standing(row, memory))
    return found


def _standing(row: Row, memory: Memory) -> Standing:
    return Standing(
        row.id, row.lead_id, row.person, row.place, row.due_at, row.entered_at, row.woken, row.awaits_since,
        memory, row.n, row.slot, row.ended_at, row.ended_how,
    )  # fmt: skip


def rows(those: Sequence[tuple[Course, Standing]]) -> list[Row]:
    """Write many; a memory that some share is spelled once."""
    spelled: dict[int, Mapping[str, Any]] = {}
    found = []
    for way, one in those:
        memory = spelled.get(id(one.memory))
        if memory is None:
            memory = spelled[id(one.memory)] = one.memory.spell()
        found.append(_row(way, one, memory))
    return found


def _row(way: Course, one: Standing, memory: Mapping[str, Any]) -> Row:
    # In the order of its columns: by their names it would take three times as long.
    return Row(
        one.id, way.key, way.version, one.lead_id, one.person, one.entered_at, memory, one.slot,
        DONE if one.place is None else RUNNING, one.place, one.due, one.woken, one.awaits_since,
        one.ended_at, one.ended_how, one.n,
    )  # fmt: skip


def step(way: Course, moved: Moved) -> StepRow:
    """The log of one step."""
    place, occurrence, outcome, note, at = moved.line
    return StepRow(moved.after.id, moved.after.n, place, occurrence, outcome, note, at, way.key, way.version)
