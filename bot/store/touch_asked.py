"""Touches that wait for a colleague: each is settled once, by what he did or by what the platform says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, update

from bot.crm.touching import TouchState
from bot.store.desk import Desk
from bot.store.tables.touch import touch_plans
from bot.store.touch_plans import Plan, read
from bot.store.tx import Tx

_SETTLE = (
    update(touch_plans)
    .where(touch_plans.c.id == bindparam("of"), touch_plans.c.state == TouchState.ASKED.value)
    .values(
        state=bindparam("to"), reason=bindparam("why"), detail=bindparam("because"),
        ended_at=bindparam("at"),
    )
)  # fmt: skip
_GOES_ON = (
    update(touch_plans)
    .where(touch_plans.c.id == bindparam("of"), touch_plans.c.counts_on.is_not(None))
    .values(counts_on=bindparam("day"))
)
_WHOLE = select(touch_plans).where(touch_plans.c.id == bindparam("of"))
_FAIL = (
    update(touch_plans)
    .where(
        touch_plans.c.id == bindparam("of"),
        touch_plans.c.state.in_([TouchState.SENT.value, TouchState.UNKNOWN.value, TouchState.SENDING.value]),
    )
    .values(
        state=TouchState.FAILED.value, detail=bindparam("because"), ended_at=bindparam("at"),
        lease_until=None,
    )
)  # fmt: skip
_UNSURE = (
    update(touch_plans)
    .where(touch_plans.c.id == bindparam("of"), touch_plans.c.state == TouchState.SENT.value)
    .values(state=TouchState.UNKNOWN.value, detail=bindparam("because"))
)


async def settle(
    tx: Tx, touch_id: str, state: TouchState, *, at: datetime, reason: str = "", detail: str = ""
) -> bool:
    """What became of a message that a colleague was asked to send; False if that is known."""
    told = {"to": state.value, "why": reason, "because": detail[:200], "at": at}
    return await tx.run(_SETTLE, of=touch_id, **told) == 1


async def went_on(tx: Tx, touch_id: str, day: int) -> None:
    """The day on which it went, for its cap is of that one; what counts under none still does not."""
    await tx.run(_GOES_ON, of=touch_id, day=day)


async def fail(tx: Tx, touch_id: str, *, at: datetime, detail: str) -> bool:
    """The channel took it, and says afterwards that it did not arrive; False if that is known."""
    return await tx.run(_FAIL, of=touch_id, because=detail[:200], at=at) == 1


async def unsure(tx: Tx, touch_id: str, *, detail: str) -> bool:
    """The channel took it for many and tells only how many got it; False if it is settled otherwise."""
    return await tx.run(_UNSURE, of=touch_id, because=detail[:200]) == 1


async def whole(desk: Desk, touch_id: str) -> Plan | None:
    """One with its words, for another try elsewhere."""
    row = await desk.tx.first(_WHOLE, of=touch_id)
    return None if row is None else read(row, desk.vault)
