"""Changes of the configuration: asked for here, written into config/ by whoever keeps it, kept for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, func, select, update

from bot.crm.knobs import Change
from bot.store import audit
from bot.store.desk import Desk
from bot.store.tables.settings import setting_changes as table
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Kept:
    """A change and what became of it."""

    id: int
    change: Change
    #: waiting, applied, refused.
    state: str
    reason: str
    by: str
    undoes: int | None
    at: datetime


_ALL = select(table)
_WAITING = _ALL.where(table.c.state == "waiting").order_by(table.c.id)
_LAST = _ALL.order_by(table.c.id.desc()).limit(bindparam("most"))
_ONE = _ALL.where(table.c.id == bindparam("of"))
_UNDOING = select(table.c.id).where(table.c.undoes == bindparam("of"), table.c.state != "refused")
_NEWEST = select(func.max(table.c.id).label("id")).where(table.c.state == "applied")
_SETTLE = (
    update(table)
    .where(table.c.id == bindparam("of"), table.c.state == "waiting")
    .values(state=bindparam("to"), reason=bindparam("why"), applied_at=bindparam("now"))
)
_LATEST = select(func.max(table.c.id).label("id")).where(table.c.by == bindparam("who"))


async def ask(desk: Desk, change: Change, *, by: str, undoes: int | None = None) -> int:
    """Write down what somebody confirmed; its number."""
    values = {
        "name": change.name, "told_before": change.told_before, "told_after": change.told_after,
        "file": change.file, "place": list(change.place), "before": change.before, "after": change.after,
        "state": "waiting", "reason": "", "by": by, "undoes": undoes, "at": desk.now, "applied_at": None,
    }  # fmt: skip
    await desk.tx.insert(table, values)
    row = await desk.tx.first(_LATEST, who=by)
    assert row is not None  # noqa: S101 - just inserted
    of, number = f"config:{change.file}", int(row.id)
    await audit.note(desk, actor=by, action="setting.changed", of=of, number=str(number))
    return number


async def waiting(tx: Tx) -> list[Kept]:
    """What nobody has written into config/ yet, the oldest first."""
    return [_kept(row) for row in await tx.all(_WAITING)]


async def last(tx: Tx, *, most: int) -> list[Kept]:
    """The newest first."""
    return [_kept(row) for row in await tx.all(_LAST, most=most)]


async def find(tx: Tx, number: int) -> Kept | None:
    """The change of this number."""
    row = await tx.first(_ONE, of=number)
    return None if row is None else _kept(row)


async def is_undone(tx: Tx, number: int) -> bool:
    """Whether somebody has taken it back, or is about to."""
    return await tx.first(_UNDOING, of=number) is not None


async def newest(tx: Tx) -> int:
    """The number of the last change that is in config/; 0 before the first."""
    row = await tx.first(_NEWEST)
    return 0 if row is None or row.id is None else int(row.id)


async def settle(tx: Tx, number: int, *, applied: bool, reason: str, now: datetime) -> bool:
    """Say what became of it; False if somebody has said so already."""
    to = "applied" if applied else "refused"
    return await tx.run(_SETTLE, of=number, to=to, why=reason, now=now) == 1


def _kept(row: Any) -> Kept:  # noqa: ANN401 - a row
    change = Change(
        row.name, row.file, tuple(row.place), row.before, row.after, row.told_before, row.told_after
    )
    return Kept(row.id, change, row.state, row.reason, row.by, row.undoes, row.at)
