"""Timers are rows: what should happen to somebody at some time, unless it is called off."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, text, update

from bot.kit.wire import name_of, pack
from bot.store import lanes
from bot.store.desk import Desk
from bot.store.tables.machinery import timers
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
