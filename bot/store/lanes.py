"""Lanes: everything that happens to one person runs in one lane, in order; lanes run side by side.

A worker takes a lane for a while (the lease). Whoever takes it over later raises its epoch;
what is done under an old epoch is rolled back, however long its worker was frozen.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, or_, select, text, update

from bot.errors import StaleEpochError
from bot.store.tables.machinery import inbox, lanes, timers
from bot.store.tx import Tx
from bot.store.types import UTCDateTime

#: How long a worker may be silent before another takes its lane.
LEASE = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane that this worker holds."""

    key: str
    epoch: int
    #: Its first work was begun before and never ended: the process died, maybe of it.
    is_suspect: bool = False


_WAKE = text(
    "INSERT INTO lanes (lane_key, due_at, epoch) VALUES (:lane, :due, 0)"
    " ON CONFLICT (lane_key) DO UPDATE SET due_at = excluded.due_at"
    " WHERE lanes.due_at IS NULL OR lanes.due_at > excluded.due_at"
).bindparams(bindparam("due", type_=UTCDateTime))

_READY = (
    select(lanes.c.lane_key)
    .where(
        lanes.c.due_at <= bindparam("now_at"),
        or_(lanes.c.lease_until.is_(None), lanes.c.lease_until < bindparam("now_at")),
    )
    .order_by(lanes.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_TAKE = (
    update(lanes)
    .where(lanes.c.lane_key.in_(_READY))
    .values(holder=bindparam("by"), lease_until=bindparam("until"), epoch=lanes.c.epoch + 1)
    .returning(lanes.c.lane_key, lanes.c.epoch)
)
_TAKE_ONE = (
    update(lanes)
    .where(
        lanes.c.lane_key == bindparam("lane"),
        or_(lanes.c.lease_until.is_(None), lanes.c.lease_until < bindparam("now_at")),
    )
    .values(holder=bindparam("by"), lease_until=bindparam("until"), epoch=lanes.c.epoch + 1)
    .returning(lanes.c.lane_key, lanes.c.epoch)
)
_TAKEN_AT = select(lanes.c.lane_key, lanes.c.epoch).where(
    lanes.c.holder == bindparam("by"), lanes.c.lease_until == bindparam("until")
)
_HOLD = (
    update(lanes)
    .where(lanes.c.lane_key == bindparam("lane"), lanes.c.epoch == bindparam("at_epoch"))
    .values(lease_until=bindparam("until"))
)
_RELEASE = (
    update(lanes)
    .where(lanes.c.lane_key == bindparam("lane"), lanes.c.epoch == bindparam("at_epoch"))
    .values(due_at=bindparam("next_due"), holder=None, lease_until=None)
)
_PENDING = (
    select(inbox.c.id)
    .where(inbox.c.lane_key == bindparam("lane"), inbox.c.state == "pending")
    .order_by(inbox.c.id)
    .limit(1)
)
_NEXT_TIMER = (
    select(timers.c.due_at)
    .where(timers.c.lane_key == bindparam("lane"), timers.c.state == "waiting")
    .order_by(timers.c.due_at)
    .limit(1)
)
_OLDEST = select(lanes.c.due_at).where(lanes.c.due_at.is_not(None)).order_by(lanes.c.due_at).limit(1)


async def wake(tx: Tx, lane_key: str, due_at: datetime) -> None:
    """Make sure that the lane is looked at by `due_at`, or earlier if it would be anyway."""
    await tx.run(_WAKE, lane=lane_key, due=due_at)


async def wake_all(tx: Tx, lane_keys: Iterable[str], due_at: datetime) -> None:
    """Wake several lanes, in one order, so that two writers cannot block each other."""
    await tx.run_all(_WAKE, [{"lane": key, "due": due_at} for key in sorted(set(lane_keys))])


async def take(tx: Tx, *, by: str, now: datetime, most: int) -> list[Lane]:
    """Take up to `most` lanes that are ready and free, longest waiting first."""
    rows = await tx.all(_TAKE, by=by, now_at=now, until=now + LEASE, most=most)
    return [Lane(row.lane_key, row.epoch) for row in rows]


async def taken_at(tx: Tx, *, by: str, at: datetime) -> list[Lane]:
    """What `take` took at this moment: its commit was lost on the way, and may have arrived."""
    return [Lane(row.lane_key, row.epoch) for row in await tx.all(_TAKEN_AT, by=by, until=at + LEASE)]


async def take_one(tx: Tx, lane_key: str, *, by: str, now: datetime) -> Lane | None:
    """Take this lane if nobody works it."""
    row = await tx.first(_TAKE_ONE, lane=lane_key, by=by, now_at=now, until=now + LEASE)
    return None if row is None else Lane(row.lane_key, row.epoch)


async def hold(tx: Tx, lane: Lane, *, now: datetime) -> None:
    """Prove that the lane is still ours and keep it; StaleEpochError undoes the unit otherwise."""
    if await tx.run(_HOLD, lane=lane.key, at_epoch=lane.epoch, until=now + LEASE) != 1:
        raise StaleEpochError(lane.key)


async def release(tx: Tx, lane: Lane, *, now: datetime, not_before: datetime | None = None) -> None:
    """Give the lane back, to be looked at when its next work is ready (not before `not_before`)."""
    due: datetime | None = None
    if await tx.first(_PENDING, lane=lane.key) is not None:
        due = now
    else:
        timer = await tx.first(_NEXT_TIMER, lane=lane.key)
        due = None if timer is None else timer.due_at
    if due is not None and not_before is not None:
        due = max(due, not_before)
    await tx.run(_RELEASE, lane=lane.key, at_epoch=lane.epoch, next_due=due)


async def oldest_due(tx: Tx) -> datetime | None:
    """Since when the longest waiting work is ready, or when the next will be."""
    row = await tx.first(_OLDEST)
    return None if row is None else row.due_at
