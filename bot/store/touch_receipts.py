"""Which touch a receipt is of, whose number we do not have: its answer was lost, or is not written yet."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, select

from bot.crm.touching import TouchState
from bot.store.tables.touch import touch_plans
from bot.store.tx import Tx

_UNANSWERED = (
    select(touch_plans.c.id)
    .where(
        touch_plans.c.lead_id == bindparam("of_lead"),
        touch_plans.c.way.in_(bindparam("ways", expanding=True)),
        touch_plans.c.state.in_([TouchState.SENDING.value, TouchState.UNKNOWN.value]),
    )
    .limit(2)
)


async def only_unanswered(tx: Tx, lead_id: str, ways: Collection[str]) -> str | None:
    """The one touch of a lead by these ways that has no answer; None if there are several, or none."""
    rows = await tx.all(_UNANSWERED, of_lead=lead_id, ways=sorted(ways))
    return str(rows[0].id) if len(rows) == 1 else None
