"""Absences: from when, until when, and who answers meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.crm.lead import Lead
from bot.crm.pool import HELD
from bot.store import leads as found_leads
from bot.store.desk import Desk
from bot.store.tables.assignment import leaves
from bot.store.tables.leads import leads, tenures
from bot.store.tx import Tx

_LIVE = ("planned", "begun")


@dataclass(frozen=True, slots=True, kw_only=True)
class Leave:
    """One absence."""

    id: str
    user_id: str
    from_at: datetime
    to_at: datetime
    cover_id: str | None
    #: message or config.
    source: str
    #: planned, begun, returning (what was lent comes back), ended, cancelled.
    state: str


_BY_ID = select(leaves).where(leaves.c.id == bindparam("of"))
_OF_USER = (
    select(leaves)
    .where(leaves.c.user_id == bindparam("of_user"), leaves.c.state.in_(_LIVE))
    .order_by(leaves.c.from_at, leaves.c.id)
)
_FROM_CONFIG = select(leaves).where(leaves.c.source == "config", leaves.c.state.in_(_LIVE))
_SET = (
    update(leaves)
    .where(leaves.c.id == bindparam("of"), leaves.c.state == bindparam("was"))
    .values(state=bindparam("now_is"))
)
_LENT = (
    select(leads)
    .join(tenures, (tenures.c.lead_id == leads.c.id) & (tenures.c.epoch == leads.c.epoch))
    .where(
        leads.c.owner_id == bindparam("by_cover"),
        leads.c.previous_owner_id == bindparam("of_owner"),
        leads.c.status.in_(sorted(HELD)),
        leads.c.merged_into.is_(None),
        tenures.c.reason == bindparam("because"),
    )
    .order_by(leads.c.id)
)
_HELD_BY = (
    select(leads)
    .where(
        leads.c.owner_id == bindparam("of_owner"),
        leads.c.status.in_(sorted(HELD)),
        leads.c.merged_into.is_(None),
    )
    .order_by(leads.c.id)
)


async def plan(desk: Desk, leave: Leave) -> bool:
    """Remember it; False if this very one was planned before."""
    return await desk.tx.insert_new(
        leaves,
        {
            "id": leave.id,
            "user_id": leave.user_id,
            "from_at": leave.from_at,
            "to_at": leave.to_at,
            "cover_id": leave.cover_id,
            "source": leave.source,
            "state": leave.state,
            "created_at": desk.now,
        },
    )


async def find(tx: Tx, leave_id: str) -> Leave | None:
    """The absence of this id."""
    row = await tx.first(_BY_ID, of=leave_id)
    return None if row is None else _leave(row)


async def live_of(tx: Tx, user_id: str) -> list[Leave]:
    """His absences that are planned or have begun, the next one first."""
    return [_leave(row) for row in await tx.all(_OF_USER, of_user=user_id)]


async def from_config(tx: Tx) -> list[Leave]:
    """Those that the configuration named and that are not over."""
    return [_leave(row) for row in await tx.all(_FROM_CONFIG)]


async def move_on(tx: Tx, leave: Leave, state: str) -> bool:
    """Change its state; False if somebody did before."""
    return await tx.run(_SET, of=leave.id, was=leave.state, now_is=state) == 1


async def lent(tx: Tx, *, cover: str, owner: str, reason: str) -> list[Lead]:
    """Leads that the cover still has from him for this reason."""
    rows = await tx.all(_LENT, by_cover=cover, of_owner=owner, because=reason)
    return [found_leads.lead(row) for row in rows]


async def held(tx: Tx, owner: str) -> list[Lead]:
    """What he works on."""
    return [found_leads.lead(row) for row in await tx.all(_HELD_BY, of_owner=owner)]


def _leave(row: Any) -> Leave:  # noqa: ANN401 - a row
    return Leave(
        id=row.id,
        user_id=row.user_id,
        from_at=row.from_at,
        to_at=row.to_at,
        cover_id=row.cover_id,
        source=row.source,
        state=row.state,
    )
