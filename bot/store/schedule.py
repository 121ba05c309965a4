"""Ticks: any number of schedulers fire once."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from bot.store.tables.machinery import ticks
from bot.store.tx import Tx

_LAST = select(ticks.c.at).where(ticks.c.name == bindparam("of")).order_by(ticks.c.at.desc()).limit(1)


async def tick(tx: Tx, name: str, at: datetime) -> bool:
    """Claim one firing of a schedule; False if somebody fired it already."""
    return await tx.insert_new(ticks, {"name": name, "at": at})


async def last_tick(tx: Tx, name: str) -> datetime | None:
    """When a schedule fired last: what was missed while nobody ran is caught up once."""
    row = await tx.first(_LAST, of=name)
    return None if row is None else row.at
