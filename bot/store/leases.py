"""What only one process may do: who does it, for how long he is believed, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, text, update

from bot.store.tables.machinery import leases
from bot.store.tx import Tx
from bot.store.types import UTCDateTime

_HOLD = text(
    "INSERT INTO leases (role, holder, term, expires_at, state, since)"
    " VALUES (:role, :by, 1, :until, 'held', :now_at)"
    " ON CONFLICT (role) DO UPDATE SET holder = excluded.holder, expires_at = excluded.expires_at,"
    " term = CASE WHEN leases.holder = excluded.holder THEN leases.term ELSE leases.term + 1 END,"
    " state = CASE WHEN leases.holder = excluded.holder THEN leases.state ELSE excluded.state END,"
    " since = CASE WHEN leases.holder = excluded.holder THEN leases.since ELSE excluded.since END"
    " WHERE leases.holder = :by OR leases.expires_at < :now_at"
).bindparams(bindparam("until", type_=UTCDateTime), bindparam("now_at", type_=UTCDateTime))
_TERM = select(leases.c.term).where(leases.c.role == bindparam("of"), leases.c.holder == bindparam("by"))
_TELL = (
    update(leases)
    .where(leases.c.role == bindparam("of"), leases.c.holder == bindparam("by"))
    .values(state=bindparam("to"), since=bindparam("at"))
)
_RELEASE = delete(leases).where(leases.c.role == bindparam("of"), leases.c.holder == bindparam("by"))
_HELD = select(leases.c.term).where(
    leases.c.role == bindparam("of"),
    leases.c.holder == bindparam("by"),
    leases.c.expires_at >= bindparam("now_at"),
)
_ALL = select(leases).order_by(leases.c.role)

#: Words of a holder that are no news.
_FINE = frozenset({"held", "connected", "leaving"})
#: A connection that is gone for so long is one.
_PATIENCE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Lease:
    """One role and who has it."""

    role: str
    holder: str
    #: Grows with each new holder.
    term: int
    expires_at: datetime
    #: How it stands, in the holder's words: `held`, `connected`, `kicked` …, since when.
    state: str
    since: datetime

    def state_at(self, now: datetime) -> str:
        """How it stands, or that nobody holds it."""
        return self.state if now <= self.expires_at else "abandoned"

    def trouble_at(self, now: datetime) -> str:
        """Name what is wrong; empty when all is well, or has been wrong for moments alone."""
        state = self.state_at(now)
        if state in _FINE or (state == "reconnecting" and now - self.since < _PATIENCE):
            return ""
        return state


async def hold(tx: Tx, role: str, *, by: str, now: datetime, for_: timedelta) -> int | None:
    """Take or keep a role; its term, or None if somebody else has it."""
    if await tx.run(_HOLD, role=role, by=by, until=now + for_, now_at=now) != 1:
        return None
    row = await tx.first(_TERM, of=role, by=by)
    return None if row is None else int(row.term)


async def release(tx: Tx, role: str, *, by: str) -> None:
    """Give it back: the next one need not wait until we would be believed dead."""
    await tx.run(_RELEASE, of=role, by=by)


async def tell(tx: Tx, role: str, state: str, *, by: str, now: datetime) -> None:
    """Say how it stands, for health pages and people."""
    await tx.run(_TELL, of=role, by=by, to=state, at=now)


async def is_held(tx: Tx, role: str, *, by: str, now: datetime) -> bool:
    """Whether `by` has it now."""
    return await tx.first(_HELD, of=role, by=by, now_at=now) is not None


async def everything(tx: Tx) -> list[Lease]:
    """Every role that somebody has, or had and never gave back."""
    rows = await tx.all(_ALL)
    return [Lease(r.role, r.holder, r.term, r.expires_at, r.state, r.since) for r in rows]
