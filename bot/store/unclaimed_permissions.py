"""Spans and permissions of somebody who is no lead yet: kept with their time, given out once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, select

from bot.store.desk import Desk
from bot.store.tables.official import unclaimed_permissions as table
from bot.store.tx import Tx

#: The kind of a permission; any other is a span.
GRANT = "grant"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Somebody on a channel, by his id there."""

    channel: str
    account: str
    open_id: str


@dataclass(frozen=True, slots=True)
class Unclaimed:
    """One of his spans or permissions."""

    kind: str
    template: str
    at: datetime


_WHO = (
    table.c.channel == bindparam("on_channel"),
    table.c.account == bindparam("of_account"),
    table.c.open_id == bindparam("of_id"),
)
_OF = select(table).where(*_WHO).order_by(table.c.at, table.c.id)
_DROP = delete(table).where(*_WHO)
_DROP_GRANTS = delete(table).where(*_WHO, table.c.kind == GRANT, table.c.template == bindparam("of_template"))
_DROP_SPAN = delete(table).where(*_WHO, table.c.kind == bindparam("of_kind"))
_OLD = delete(table).where(table.c.kind != GRANT, table.c.at < bindparam("before"))


async def keep(desk: Desk, who: Visitor, *, kind: str, at: datetime, template: str = "") -> None:
    """Keep it until he is known; of spans of a kind the last one counts."""
    if kind != GRANT:
        await desk.tx.run(_DROP_SPAN, **_named(who), of_kind=kind)
    row = {"id": desk.new_id(), "channel": who.channel, "account": who.account, "open_id": who.open_id}
    await desk.tx.insert(table, {**row, "kind": kind, "template": template, "at": at})


async def take(tx: Tx, who: Visitor) -> list[Unclaimed]:
    """All of them, the oldest first; they are nobody's any more."""
    rows = await tx.all(_OF, **_named(who))
    if rows:
        await tx.run(_DROP, **_named(who))
    return [Unclaimed(row.kind, row.template, row.at) for row in rows]


async def void(tx: Tx, who: Visitor, template: str) -> int:
    """He took back what he had granted; how many there were."""
    return await tx.run(_DROP_GRANTS, **_named(who), of_template=template)


async def forget(tx: Tx, *, before: datetime) -> int:
    """Spans that are long over; how many there were."""
    return await tx.run(_OLD, before=before)


def _named(who: Visitor) -> dict[str, str]:
    return {"on_channel": who.channel, "of_account": who.account, "of_id": who.open_id}
