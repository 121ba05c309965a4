"""What sales says of leads that marketing hands over: accepted, or sent back with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from bot.crm.lead import Lead
from bot.crm.user import User
from bot.store.desk import Desk
from bot.store.tables.leads import leads
from bot.store.tables.segments import sales_verdicts
from bot.store.tx import Tx

_ACCEPT = (
    update(leads)
    .where(
        leads.c.id == bindparam("of"),
        leads.c.epoch == bindparam("at_epoch"),
        leads.c.sales_accepted_at.is_(None),
    )
    .values(
        sales_accepted_at=bindparam("at"),
        sales_rejected_at=None,
        # Whoever accepts a lead below the line makes it one by hand.
        sales_qualified_at=func.coalesce(leads.c.sales_qualified_at, bindparam("at")),
        changed_at=bindparam("at"),
    )
)
_REJECT = (
    update(leads)
    .where(leads.c.id == bindparam("of"), leads.c.sales_rejected_at.is_(None))
    .values(sales_rejected_at=bindparam("at"), sales_accepted_at=None, changed_at=bindparam("at"))
)
_FORGET = (
    update(leads)
    .where(leads.c.id == bindparam("of"), leads.c.sales_rejected_at.is_not(None))
    .values(sales_rejected_at=None, changed_at=bindparam("at"))
)
_LAST = (
    select(sales_verdicts)
    .where(sales_verdicts.c.lead_id == bindparam("of"))
    .order_by(sales_verdicts.c.id.desc())
    .limit(1)
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What sales said, when the lead had so many points."""

    accepted: bool
    reason: str
    score: int
    by: str
    at: datetime


async def accept(desk: Desk, lead: Lead, *, by: User, owner: User | None) -> bool:
    """Sales takes the lead as its own; False if it has already, or the lead changed hands meanwhile."""
    if await desk.tx.run(_ACCEPT, of=lead.id, at_epoch=lead.epoch, at=desk.now) != 1:
        return False
    await _note(desk, lead, by, owner, accepted=True, reason="")
    return True


async def reject(desk: Desk, lead: Lead, *, by: User, owner: User | None, reason: str) -> bool:
    """Sales sends the lead back; False if it has already."""
    if await desk.tx.run(_REJECT, of=lead.id, at=desk.now) != 1:
        return False
    await _note(desk, lead, by, owner, accepted=False, reason=reason)
    return True


async def forget(desk: Desk, lead_id: str) -> None:
    """A lead that was sent back is handed over again: what was said of it counts no more."""
    await desk.tx.run(_FORGET, of=lead_id, at=desk.now)


async def last(tx: Tx, lead_id: str) -> Verdict | None:
    """What sales said last."""
    row = await tx.first(_LAST, of=lead_id)
    return None if row is None else Verdict(row.accepted, row.reason, int(row.score), row.by, row.at)


async def _note(desk: Desk, lead: Lead, by: User, owner: User | None, *, accepted: bool, reason: str) -> None:
    row: dict[str, Any] = {
        "lead_id": lead.id,
        "accepted": accepted,
        "reason": reason,
        "score": lead.score,
        "by": by.id,
        "at": desk.now,
        "owner_id": owner.id if owner else None,
        "team": owner.team if owner else "",
        "region": owner.region if owner else lead.region,
    }
    await desk.tx.insert(sales_verdicts, row)
