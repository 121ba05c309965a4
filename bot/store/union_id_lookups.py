"""Whom the platform is to be asked about, so that a follower and a customer turn out to be one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, select, update

from bot.store.tables.official import union_id_lookups as table
from bot.store.tx import Tx
from bot.store.unclaimed_permissions import Visitor

#: Asked so often, with longer and longer pauses.
TRIES = 5
_WHO = (
    table.c.channel == bindparam("on_channel"),
    table.c.account == bindparam("of_account"),
    table.c.open_id == bindparam("of_id"),
)
_DUE = (
    select(table)
    .where(table.c.due_at <= bindparam("now_at"))
    .order_by(table.c.due_at, table.c.open_id)
    .limit(bindparam("most"))
)
_LATER = (
    update(table)
    .where(*_WHO, table.c.tries < TRIES)
    .values(due_at=bindparam("next_due"), tries=table.c.tries + 1)
)
_DONE = delete(table).where(*_WHO)


async def want(tx: Tx, who: Visitor, *, at: datetime) -> None:
    """Have it asked; once."""
    row = {"channel": who.channel, "account": who.account, "open_id": who.open_id}
    await tx.insert_new(table, {**row, "due_at": at, "tries": 0})


async def due(tx: Tx, *, now: datetime, most: int) -> Sequence[Visitor]:
    """Whom to ask about now."""
    rows = await tx.all(_DUE, now_at=now, most=most)
    return [Visitor(row.channel, row.account, row.open_id) for row in rows]


async def later(tx: Tx, who: Visitor, *, at: datetime) -> None:
    """It did not tell; asked again at `at`, and some time no more."""
    if not await tx.run(_LATER, **_named(who), next_due=at):
        await done(tx, who)


async def done(tx: Tx, who: Visitor) -> None:
    """It told, or there is nothing to tell."""
    await tx.run(_DONE, **_named(who))


def _named(who: Visitor) -> dict[str, str]:
    return {"on_channel": who.channel, "of_account": who.account, "of_id": who.open_id}
