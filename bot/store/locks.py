"""Leads that no clock takes from their owner."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from bot.store.desk import Desk
from bot.store.tables.assignment import lead_locks
from bot.store.tx import Tx

_IS = select(lead_locks.c.by).where(lead_locks.c.lead_id == bindparam("of_lead"))
_FREE = delete(lead_locks).where(lead_locks.c.lead_id == bindparam("of_lead"))


async def lock(desk: Desk, lead_id: str, *, by: str) -> bool:
    """Keep it with its owner; False if it was locked before."""
    return await desk.tx.insert_new(lead_locks, {"lead_id": lead_id, "by": by, "at": desk.now})


async def unlock(tx: Tx, lead_id: str) -> bool:
    """Let the clock run again; False if it was not locked."""
    return await tx.run(_FREE, of_lead=lead_id) == 1


async def is_locked(tx: Tx, lead_id: str) -> bool:
    """Whether no clock takes it."""
    return await tx.first(_IS, of_lead=lead_id) is not None
