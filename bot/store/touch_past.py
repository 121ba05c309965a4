"""What counts of the messages to one customer, read for a simulation: days, contents, by which journey."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from bot.crm.touching import COUNTED
from bot.store.tables.touch import touch_plans
from bot.store.tx import Tx

_OF = (
    select(
        touch_plans.c.id, touch_plans.c.channel, touch_plans.c.counts_on, touch_plans.c.priority,
        touch_plans.c.due_at, touch_plans.c.decided_at, touch_plans.c.ended_at, touch_plans.c.content,
        touch_plans.c.purpose, touch_plans.c.journey,
    )
    .where(
        touch_plans.c.lead_id == bindparam("of_lead"),
        touch_plans.c.state.in_(sorted(one.value for one in COUNTED)),
    )
    .order_by(touch_plans.c.decided_at, touch_plans.c.id)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Past:
    """One that goes, went, or may have."""

    id: str
    channel: str
    #: On which it counts under the caps; None if it does not.
    day: int | None
    priority: int
    content: str
    purpose: str
    journey: str
    decided_at: datetime
    #: When it goes, or went.
    at: datetime


async def of(tx: Tx, lead_id: str) -> list[Past]:
    """All of somebody's, the first decided first."""
    return [
        Past(
            r.id, r.channel, r.counts_on, r.priority, r.content, r.purpose, r.journey, r.decided_at,
            r.ended_at or r.due_at or r.decided_at,
        )
        for r in await tx.all(_OF, of_lead=lead_id)
    ]  # fmt: skip
