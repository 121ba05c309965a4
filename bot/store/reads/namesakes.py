"""Whether somebody's name is nobody else's here."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, func, select

from bot.store.tables.leads import leads
from bot.store.tx import Tx

_NAMES = select(leads.c.name).where(leads.c.id.in_(bindparam("those", expanding=True))).distinct()
_OTHERS = select(func.count().label("n")).where(
    leads.c.name.in_(bindparam("names", expanding=True)),
    leads.c.id.not_in(bindparam("those", expanding=True)),
)


async def is_only_one(tx: Tx, family: Collection[str]) -> bool:
    """Say so of one person's leads; a single sign is everybody's."""
    those = sorted(family)
    names = [row.name for row in await tx.all(_NAMES, those=those) if len(row.name) > 1]
    if not names:
        return False
    row = await tx.first(_OTHERS, names=names, those=those)
    return row is None or row.n == 0
