"""Timers are rows: what should happen to somebody at some time, unless it is called off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, text, update

from bot.kit.wire import name_of, pack
from bot.store import incidents, lanes
from bot.store.desk import Desk
from bot.store.lanes import Lane
from bot.store.tables.machinery import lanes as lanes_table
from bot.store.tables.machinery import timers
from bot.store.tx import Tx
from bot.store.types import Json, UTCDateTime

_SET = text(
    "INSERT INTO timers (lane_key, kind, key, payload, due_at, state, attempts, failures)"
    " VALUES (:lane, :kind, :key, :payload, :due, 'waiting', 0, 0)"
    " ON CONFLICT (lane_key, kind, key) DO UPDATE SET payload = excluded.payload, due_at = excluded.due_at,"
    " state = 'waiting', attempts = 0, failures = 0, done_at = NULL, reason = NULL"
).bindparams(bindparam("payload", type_=Json), bindparam("due", type_=UTCDateTime))

_CANCEL = (
    update(timers)
    .where(
        timers.c.lane_key == bindparam("lane"),
        timers.c.kind == bindparam("of_kind"),
        timers.c.key == bindparam("of_key"),
        timers.c.state == "waiting",
    )
    .values(state="cancelled", done_at=bindparam("at"))
)


async def set_timer(desk: Desk, *, lane_key: str, command: object, key: str, due_at: datetime) -> None:
    """Carry out `command` at `due_at`; setting the same lane, kind and key again moves it."""
    params: dict[str, Any] = {
        "lane": lane_key, "kind": name_of(command), "key": key, "payload": pack(command), "due": due_at,
    }  # fmt: skip
    await desk.tx.run(_SET, **params)
    await lanes.wake(desk.tx, lane_key, due_at)


async def cancel_timer(desk: Desk, *, lane_key: str, command_type: type[Any], key: str) -> bool:
    """Call a waiting timer off; False if there was none."""
    kind = name_of_type(command_type)
    touched = await desk.tx.run(_CANCEL, lane=lane_key, of_kind=kind, of_key=key, at=desk.now)
    return touched > 0


def name_of_type(command_type: type[Any]) -> str:
    """The wire name of a command's class."""
    name: str = name_of(object.__new__(command_type))
    return name


@dataclass(frozen=True, slots=True)
class Due:
    """A timer whose time has come."""

    id: int
    lane_key: str
    kind: str
    payload: str
    attempts: int
    failures: int


_DUE = (
    select(timers)
    .where(
        timers.c.lane_key == bindparam("lane"),
        timers.c.state == "waiting",
        timers.c.due_at <= bindparam("now_at"),
    )
    .order_by(timers.c.due_at, timers.c.id)
    .limit(bindparam("most"))
)
_FIRST = (
    select(timers.c.id)
    .where(
        timers.c.lane_key == bindparam("lane"),
        timers.c.state == "waiting",
        timers.c.due_at <= bindparam("now_at"),
    )
    .order_by(timers.c.due_at, timers.c.id)
    .limit(1)
    .scalar_subquery()
)
_COUNT_ATTEMPT = (
    update(timers)
    .where(timers.c.lane_key == bindparam("lane"), timers.c.id == _FIRST)
    .values(attempts=timers.c.attempts + 1)
)
_COUNT_FIRST_ATTEMPT = _COUNT_ATTEMPT.where(timers.c.attempts == timers.c.failures)
_COUNTED = _COUNT_ATTEMPT.returning(timers.c.attempts)
_FORGIVE = (
    update(timers)
    .values(attempts=timers.c.attempts - 1)
    .where(
        timers.c.lane_key == bindparam("lane"),
        timers.c.id == _FIRST,
        timers.c.attempts > timers.c.failures,
        lanes_table.c.lane_key == timers.c.lane_key,
        lanes_table.c.epoch == bindparam("at_epoch"),
    )
)
_FORGIVE_ONE = _FORGIVE.where(timers.c.attempts == bindparam("counted"))
_END = (
    update(timers)
    .where(
        timers.c.id == bindparam("row_id"),
        timers.c.lane_key == bindparam("lane"),
        timers.c.state == "waiting",
    )
    .values(state=bindparam("to"), done_at=bindparam("at"), reason=bindparam("why"))
)
_FAILED = (
    update(timers)
    .where(timers.c.id == bindparam("row_id"), timers.c.lane_key == bindparam("lane"))
    .values(failures=timers.c.failures + 1, reason=bindparam("why"))
)


async def due(tx: Tx, lane_key: str, *, now: datetime, most: int) -> list[Due]:
    """The lane's timers whose time has come, earliest first."""
    rows = await tx.all(_DUE, lane=lane_key, now_at=now, most=most)
    return [Due(r.id, r.lane_key, r.kind, r.payload, r.attempts, r.failures) for r in rows]


async def begin_try(tx: Tx, lane_key: str, *, now: datetime) -> bool:
    """Count a try of the lane's first due timer, before it is tried; False as in `inbox.begin_try`."""
    if await tx.run(_COUNT_FIRST_ATTEMPT, lane=lane_key, now_at=now) == 1:
        return True
    return await tx.first(_DUE, lane=lane_key, now_at=now, most=1) is None


async def count_attempt(tx: Tx, lane_key: str, *, now: datetime) -> int:
    """Count a try of a timer that is suspect, right before it is tried by itself; its number."""
    row = await tx.first(_COUNTED, lane=lane_key, now_at=now)
    return 0 if row is None else int(row.attempts)


async def forgive_attempt(tx: Tx, lane: Lane, *, now: datetime, counted: int | None = None) -> None:
    """Take a try back that the database prevented, as long as the lane is ours; `counted` as in the inbox."""
    known = {"lane": lane.key, "at_epoch": lane.epoch, "now_at": now}
    if counted is None:
        await tx.run(_FORGIVE, **known)
    else:
        await tx.run(_FORGIVE_ONE, **known, counted=counted)


async def set_aside(tx: Tx, timer: Due, *, reason: str, now: datetime) -> None:
    """It will not be tried again; it is counted by its kind."""
    await tx.run(_END, row_id=timer.id, lane=timer.lane_key, to="quarantined", at=now, why=reason)
    await incidents.count(tx, "timer.quarantined", timer.kind, now)


async def fired(tx: Tx, timer: Due, *, now: datetime) -> None:
    """It was carried out; a timer that its own command set again stays."""
    await tx.run(_END, row_id=timer.id, lane=timer.lane_key, to="fired", at=now, why=None)


async def failed(tx: Tx, lane_key: str, *, reason: str, now: datetime, most: int) -> int:
    """Count a failure of the lane's first due timer, and set it aside at the last; how many it had."""
    rows = await due(tx, lane_key, now=now, most=1)
    if not rows:
        return 0
    first = rows[0]
    if first.failures + 1 >= most:
        await set_aside(tx, first, reason=reason, now=now)
    else:
        await tx.run(_FAILED, row_id=first.id, lane=lane_key, why=reason)
    return first.failures
