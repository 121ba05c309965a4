"""A standing as a row of the store, and back."""

from __future__ import annotations

from bot.journeys.course import Course, Line, Moved, Standing
from bot.journeys.step import Memory
from bot.store.enrollments import DONE, RUNNING, Row, StepRow


def standing(row: Row) -> Standing:
    """Read a row."""
    return Standing(
        id=row.id, lead_id=row.lead_id, person=row.person, place=row.place, due=row.due_at,
        entered_at=row.entered_at, woken=row.woken, awaits_since=row.awaits_since,
        memory=Memory.read(row.memory), n=row.n, slot=row.slot, ended_at=row.ended_at,
        ended_how=row.ended_how,
    )  # fmt: skip


def row(way: Course, one: Standing) -> Row:
    """Write one."""
    return Row(
        id=one.id, journey=way.key, version=way.version, lead_id=one.lead_id, person=one.person,
        entered_at=one.entered_at, slot=one.slot, state=DONE if one.place is None else RUNNING,
        place=one.place, due_at=one.due, woken=one.woken, awaits_since=one.awaits_since,
        ended_at=one.ended_at, ended_how=one.ended_how, memory=one.memory.spell(), n=one.n,
    )  # fmt: skip


def step(way: Course, moved: Moved) -> StepRow:
    """The log of one step."""
    line: Line = moved.line
    return StepRow(
        moved.after.id, moved.after.n, line.place, line.occurrence, line.outcome, line.note, line.at,
        way.key, way.version,
    )  # fmt: skip
