"""Between a backup and its restoring the world went on: what was due may have been said, numbers given out.

So messages that a second time would show are held, and series of numbers go on a good way further:
a number that was given out once must not name something else, on cards that people still have.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

import orjson
from sqlalchemy import bindparam, delete, func, select, update

from bot.chat.outbound import Outgoing, Repeat
from bot.chat.spelling import read
from bot.kit.vault import Vault
from bot.store import audit, incidents
from bot.store.backup_format import Manifest
from bot.store.connection import Connection
from bot.store.tables import METADATA
from bot.store.tables.machinery import inbox, lanes, leases, outbox, timers
from bot.store.tables.outreach import group_messages
from bot.store.tables.touch import touch_plans
from bot.store.tx import Tx

#: What a second sending of this on that platform would do; see Adapter.repeat.
MayGo: TypeAlias = Callable[[str, Outgoing], Repeat]
#: A platform that swallows equal requests does so for four hours; half an hour is left for clocks.
_WINDOW = timedelta(hours=3, minutes=30)
#: Numbers left out at least, and the share of those given out so far.
_GAP, _SHARE = 1000, 10
#: Those that may have begun since the backup.
_SERIES = ("lead", "task", "account", "opportunity")
_HELD = "restored: may have been sent after the backup"
_OPEN = ("pending", "leased", "sending")
_UNSENT = select(outbox).where(outbox.c.state.in_(_OPEN)).order_by(outbox.c.id)
_HOLD = (
    update(outbox)
    .where(outbox.c.id == bindparam("of"))
    .values(state="unknown", reason=_HELD, lease_until=None, fence=outbox.c.fence + 1)
)
_FREE = (
    update(outbox)
    .where(outbox.c.id == bindparam("of"))
    .values(state="pending", lease_until=None, fence=outbox.c.fence + 1)
)
#: To customers nothing is repeated: what was due by now may have gone, and counts as if it had.
_HOLD_TOUCHES = (
    update(touch_plans)
    .where(touch_plans.c.state.in_(["planned", "leased", "sending"]), touch_plans.c.due_at <= bindparam("at"))
    .values(
        state="unknown", detail="restored", lease_until=None, ended_at=bindparam("at"),
        fence=touch_plans.c.fence + 1,
    )
)  # fmt: skip
_FREE_TOUCHES = (
    update(touch_plans)
    .where(touch_plans.c.state == "leased")
    .values(state="planned", lease_until=None, fence=touch_plans.c.fence + 1)
)
#: A colleague's task may have been made since: it is looked for at the platform, and never made again.
_HOLD_GROUPS = (
    update(group_messages)
    .where(group_messages.c.state.in_(["gathering", "sending"]))
    .values(
        state="lost", gathers=None, due_at=bindparam("at"), looks=0, fence=group_messages.c.fence + 1,
        began_at=func.coalesce(group_messages.c.began_at, group_messages.c.opened_at),
    )
)  # fmt: skip
_FREE_LANES = (
    update(lanes)
    .where(lanes.c.holder.is_not(None))
    .values(holder=None, lease_until=None, epoch=lanes.c.epoch + 1)
)
_FREE_ROLES = delete(leases)
_PENDING = select(func.count().label("n")).where(inbox.c.state == "pending")
_DUE = select(func.count().label("n")).where(
    timers.c.state == "waiting", timers.c.due_at <= bindparam("now_at")
)


@dataclass(frozen=True, slots=True)
class Settled:
    """What was done so that nothing happens twice."""

    #: Messages held, by kind; and those that may go, because the platform knows them again.
    held: Mapping[str, int]
    going: int
    #: Deliveries that will be carried out, and timers that are due.
    deliveries: int
    timers: int
    #: Where each series of numbers goes on.
    numbers: Mapping[str, int]
    #: Messages to customers that are known to have gone since the backup; ways in journeys that were ended,
    #: because of what was due meanwhile nobody knows whether it was said.
    carried: int = 0
    let_go: int = 0


async def settle(
    tx: Tx, connection: Connection, manifest: Manifest, *, vault: Vault, now: datetime, may_go: MayGo,
    moved: bool, row_id: str, at: str, carried: int = 0, let_go: int = 0,
) -> Settled:  # fmt: skip
    """Hold what may have been sent, take every lease back, go on with the numbers, and tell the audit."""
    since_backup = now - datetime.fromisoformat(manifest.made_at)
    held: Counter[str] = Counter()
    going = 0
    for row in await tx.all(_UNSENT):
        if moved or _may_go(row, vault, may_go, since_backup):
            going += 1
            # A tombstone stays: the sender takes it over by the same rules.
            if row.state != "sending":
                await tx.run(_FREE, of=row.id)
        else:
            held[row.kind] += 1
            await tx.run(_HOLD, of=row.id)
    if not moved and (touched := await tx.run(_HOLD_TOUCHES, at=now)):
        held["touch"] = touched
    if not moved and (asked := await tx.run(_HOLD_GROUPS, at=now)):
        held["group_message"] = asked
    await tx.run(_FREE_TOUCHES)
    for kind, n in held.items():
        await incidents.count(tx, "send.unknown", f"restored:{kind}", now, times=n)
    await tx.run(_FREE_LANES)
    await tx.run(_FREE_ROLES)
    known = {**dict.fromkeys(_SERIES, 0), **manifest.numbers}
    numbers = {name: n if moved else _further(n) for name, n in known.items()}
    await _go_on(connection, numbers)
    await audit.add(tx, vault, {
        "id": row_id, "at": now, "actor": "system", "action": "database.restored", "object": "database",
        "detail": {"made_at": manifest.made_at, "held": held.total(), "moved": moved, "restored_at": at,
                   "carried": carried, "let_go": let_go},
    })  # fmt: skip
    pending, due = await tx.first(_PENDING), await tx.first(_DUE, now_at=now)
    return Settled(
        dict(held), going, pending.n if pending else 0, due.n if due else 0, numbers, carried, let_go
    )


def _may_go(row: Any, vault: Vault, may_go: MayGo, since_backup: timedelta) -> bool:  # noqa: ANN401 - a row
    try:
        outgoing = read(orjson.loads(vault.open(row.body, f"outbox.body:{row.lane_key}:{row.key}")))
    except (KeyError, TypeError, ValueError):
        return False
    match may_go(row.platform, outgoing):
        case Repeat.KEYED | Repeat.HARMLESS:
            return True
        case Repeat.WINDOW:
            return since_backup < _WINDOW
        case Repeat.NEVER:
            return False


def _further(n: int) -> int:
    """Beyond whatever was given out since: at least a thousand, and the next round one."""
    return (n + max(_GAP, n // _SHARE)) // _GAP * _GAP + (0 if n % _GAP == 0 else _GAP)


async def _go_on(connection: Connection, numbers: Mapping[str, int]) -> None:
    """Series by name, and the ids that the database gives out itself."""
    if connection.compiler.dialect.name == "sqlite":
        await connection.change_all(
            "INSERT INTO numbers (name, n) VALUES (?, ?)", [[k, n] for k, n in numbers.items()]
        )
        return
    for name, n in numbers.items():
        await connection.fetch("SELECT setval(%s, %s, %s)", (f"{name}_numbers", max(n, 1), n > 0))
    for table in METADATA.sorted_tables:
        for column in table.primary_key.columns:
            if column.autoincrement is True:
                last = f'SELECT coalesce(max("{column.name}"), 0) + 1 FROM "{table.name}"'  # noqa: S608 - ours
                series = f"pg_get_serial_sequence('{table.name}', '{column.name}')"
                await connection.fetch(f"SELECT setval({series}, ({last}), false)", ())
