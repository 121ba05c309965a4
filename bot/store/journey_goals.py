"""Whose goal holds by now: looked at every night, whether or not he is still in the journey.

A step finds it only when somebody makes one; whoever is through, waits or is held out would never be
found, and the arms of an experiment could not be compared.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from bot.crm.company import Company
from bot.crm.condition import Condition
from bot.store import enrollments_sights
from bot.store.journey_outcomes import GOAL
from bot.store.tables.journeys import journey_enrollments
from bot.store.tables.results import journey_goals
from bot.store.tx import Tx

_e, _g = journey_enrollments, journey_goals
_OPEN = (
    select(_e.c.id, _e.c.lead_id)
    .outerjoin(_g, _g.c.enrollment_id == _e.c.id)
    .where(
        _e.c.journey == bindparam("of"),
        _e.c.version == bindparam("numbered"),
        _e.c.entered_at >= bindparam("since"),
        _e.c.id > bindparam("after"),
        _e.c.n > 0,
        # What a step found is known; whoever was there from the beginning is no success.
        _e.c.ended_how.not_in((GOAL, "merged", "erased")),
        _g.c.enrollment_id.is_(None),
    )
    .order_by(_e.c.id)
    .limit(bindparam("most"))
)


async def open_ways(
    tx: Tx, journey: str, version: int, *, since: datetime, after: str, most: int
) -> list[tuple[str, str]]:
    """Ways (id, lead) begun since then whose goal nobody has seen yet."""
    rows = await tx.all(_OPEN, of=journey, numbered=version, since=since, after=after, most=most)
    return [(row.id, row.lead_id) for row in rows]


async def look(
    tx: Tx, company: Company, ways: list[tuple[str, str]], goal: Condition, *, now: datetime
) -> int:
    """Put down for whom it holds; how many."""
    seen = await enrollments_sights.look(
        tx, company, [lead for _, lead in ways], conditions=(goal,), fields=(), now=now
    )
    found = [way for way, lead in ways if lead in seen and seen[lead].answers[0]]
    if found:
        await tx.insert_all_new(_g, [{"enrollment_id": way, "at": now} for way in found])
    return len(found)
