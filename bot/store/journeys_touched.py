"""A step that wanted a message, once it is known what became of it: its row and its counter say so."""

from __future__ import annotations

from sqlalchemy import bindparam, select, text, update

from bot.store.enrollments import Row
from bot.store.tables.journeys import journey_counts, journey_steps
from bot.store.tx import Tx

#: Notes longer than this are not counted apart; as in bot/store/enrollments.py.
_NOTE = 40
_STEP = (
    select(journey_steps.c.n, journey_steps.c.note, journey_steps.c.outcome)
    .where(
        journey_steps.c.enrollment_id == bindparam("of"),
        journey_steps.c.place == bindparam("at_place"),
        journey_steps.c.occurrence == bindparam("time"),
        journey_steps.c.outcome != "waits",
    )
    .order_by(journey_steps.c.n)
    .limit(1)
)
_NOTED = (
    update(journey_steps)
    .where(journey_steps.c.enrollment_id == bindparam("of"), journey_steps.c.n == bindparam("nth"))
    .values(note=bindparam("said"))
)
_LESS = (
    update(journey_counts)
    .where(
        journey_counts.c.journey == bindparam("of_journey"),
        journey_counts.c.version == bindparam("at_version"),
        journey_counts.c.place == bindparam("at_place"),
        journey_counts.c.outcome == bindparam("by_way"),
        journey_counts.c.note == bindparam("was"),
        journey_counts.c.n > 0,
    )
    .values(n=journey_counts.c.n - 1)
)
_MORE = text(
    "INSERT INTO journey_counts (journey, version, place, outcome, note, n)"
    " VALUES (:journey, :version, :place, :outcome, :note, 1)"
    " ON CONFLICT (journey, version, place, outcome, note) DO UPDATE SET n = journey_counts.n + 1"
)


async def tell(tx: Tx, row: Row, *, place: str, occurrence: int, note: str) -> bool:
    """Let the step say this; False if it says so, or is not there."""
    step = await tx.first(_STEP, of=row.id, at_place=place, time=occurrence)
    if step is None or step.note == note:
        return False
    await tx.run(_NOTED, of=row.id, nth=step.n, said=note)
    of = {"of_journey": row.journey, "at_version": row.version, "at_place": place, "by_way": step.outcome}
    if await tx.run(_LESS, **of, was=step.note[:_NOTE]) == 1:
        await tx.run(
            _MORE, journey=row.journey, version=row.version, place=place, outcome=step.outcome,
            note=note[:_NOTE],
        )  # fmt: skip
    return True
