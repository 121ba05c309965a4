"""What happened that some journey wants to know: marks of the database's triggers, taken once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, func, select, update

from bot.crm.condition import Condition
from bot.store.conditions import begins, question
from bot.store.desk import Desk
from bot.store.erased import is_erased
from bot.store.tables.behaviour import behaviours
from bot.store.tables.journeys import journey_marks, journey_sweeps
from bot.store.tables.leads import leads
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Mark:
    """Something that happened to a lead."""

    id: int
    lead_id: str
    kind: str
    ref: str
    source: str
    object: str
    before: str | None
    after: str | None
    at: datetime | None


_MARKS = (
    select(journey_marks)
    .order_by(journey_marks.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_TAKEN = delete(journey_marks).where(journey_marks.c.id.in_(bindparam("those", expanding=True)))
_ROOTS = select(leads.c.id, leads.c.merged_into).where(
    leads.c.id.in_(bindparam("those", expanding=True)), ~is_erased()
)
_ANY = select(journey_marks.c.id).limit(1)
_NTH = select(func.count().label("n")).where(
    behaviours.c.lead_id == bindparam("of"),
    behaviours.c.event == bindparam("named"),
    behaviours.c.id
    <= select(behaviours.c.id).where(behaviours.c.message_id == bindparam("this")).scalar_subquery(),
)
_PROPERTY = select(behaviours.c.properties).where(behaviours.c.message_id == bindparam("this"))
_SWEEPS = select(journey_sweeps)
_ADVANCE = (
    update(journey_sweeps)
    .where(journey_sweeps.c.journey == bindparam("of"), journey_sweeps.c.trigger == bindparam("named"))
    .values(moment=bindparam("to_moment"), reached=bindparam("up_to"))
)


async def is_work(tx: Tx) -> bool:
    """Whether anything happened that was not followed."""
    return await tx.first(_ANY) is not None


async def take(tx: Tx, *, most: int) -> list[Mark]:
    """What happened, in its order; gone with this unit, or there again if it fails."""
    rows = await tx.all(_MARKS, most=most)
    if rows:
        await tx.run(_TAKEN, those=[row.id for row in rows])
    return [
        Mark(r.id, r.of_lead, r.kind, r.ref, r.source or "", r.object or "", r.before, r.after, r.at)
        for r in rows
    ]


async def mark_touch(desk: Desk, lead_id: str, key: str) -> None:
    """What became of a message that a journey wanted is to be followed."""
    known = {"of_lead": lead_id, "kind": "touched", "ref": "any", "source": key, "object": None}
    await desk.tx.insert(journey_marks, {**known, "before": None, "after": None, "at": desk.now})


async def roots(tx: Tx, lead_ids: Iterable[str]) -> Mapping[str, str]:
    """Who each of these is now: himself, or the one that he was merged into; one that is gone is left out."""
    wanted = sorted(set(lead_ids))
    rows = await tx.all(_ROOTS, those=wanted) if wanted else []
    return {row.id: row.merged_into or row.id for row in rows}


async def nth(tx: Tx, mark: Mark, lead_id: str) -> int:
    """Which time it was that he did this."""
    row = await tx.first(_NTH, of=lead_id, named=mark.ref, this=mark.source)
    return 0 if row is None else int(row.n)


async def said(tx: Tx, mark: Mark, name: str) -> str:
    """A property of what he did; empty if it has none of this name."""
    row = await tx.first(_PROPERTY, this=mark.source)
    found = None if row is None else row.properties.get(name)
    return "" if found is None else str(found)


@dataclass(frozen=True, slots=True)
class Sweep:
    """How far a walk through everybody has come."""

    moment: datetime
    reached: str | None


async def sweeps(tx: Tx) -> dict[tuple[str, str], Sweep]:
    """Where each stands that ever began, by journey and trigger."""
    return {(row.journey, row.trigger): Sweep(row.moment, row.reached) for row in await tx.all(_SWEEPS)}


async def set_sweep(tx: Tx, journey: str, trigger: str, moment: datetime, reached: str | None) -> None:
    """It has come so far."""
    row = {"journey": journey, "trigger": trigger, "moment": moment, "reached": reached}
    if not await tx.insert_new(journey_sweeps, row):
        await tx.run(_ADVANCE, of=journey, named=trigger, to_moment=moment, up_to=reached)


async def everybody(
    desk: Desk,
    fits: Condition | None,
    after: str,
    *,
    most: int,
) -> Sequence[str]:
    """Leads behind this one whom a condition fits, or all."""
    is_there = leads.c.merged_into.is_(None), ~is_erased()
    query = select(leads.c.id).where(leads.c.id > bindparam("after"), *is_there)
    params: dict[str, Any] = {}
    if fits is not None:
        asked = question(fits, desk.company.registry)
        query, params = query.where(asked.where), begins(asked.spans, desk.now)
    rows = await desk.tx.all(query.order_by(leads.c.id).limit(most), after=after, **params)
    return [row.id for row in rows]
