"""Ticks and leases: any number of schedulers fire once, and one process holds what only one may hold."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, text

from bot.store.tables.machinery import leases, ticks
from bot.store.tx import Tx
from bot.store.types import UTCDateTime

_HOLD = text(
    "INSERT INTO leases (role, holder, term, expires_at) VALUES (:role, :by, 1, :until)"
    " ON CONFLICT (role) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at,"
    " term = CASE WHEN leases.holder = excluded.holder THEN leases.term ELSE leases.term + 1 END"
    " WHERE leases.holder = :by OR leases.expires_at < :now_at"
).bindparams(bindparam("until", type_=UTCDateTime), bindparam("now_at", type_=UTCDateTime))
_LAST = select(ticks.c.at).where(ticks.c.name == bindparam("of")).order_by(ticks.c.at.desc()).limit(1)
_TERM = select(leases.c.term).where(leases.c.role == bindparam("of"), leases.c.holder == bindparam("by"))


async def tick(tx: Tx, name: str, at: datetime) -> bool:
    """Claim one firing of a schedule; False if somebody fired it already."""
    return await tx.insert_new(ticks, {"name": name, "at": at})


async def last_tick(tx: Tx, name: str) -> datetime | None:
    """When a schedule fired last: what was missed while nobody ran is caught up once."""
    row = await tx.first(_LAST, of=name)
    return None if row is None else row.at


async def hold(tx: Tx, role: str, *, by: str, now: datetime, for_: timedelta) -> int | None:
    """Take or keep a role; its term, which grows with each new holder, or None if another has it."""
    if await tx.run(_HOLD, role=role, by=by, until=now + for_, now_at=now) != 1:
        return None
    row = await tx.first(_TERM, of=role, by=by)
    return None if row is None else row.term
