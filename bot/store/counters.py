"""Counters with a cap: the test and the count are one statement, so no two people share the last place."""

from __future__ import annotations

from sqlalchemy import bindparam, select, text, update

from bot.store.tables.machinery import counters
from bot.store.tx import Tx

_TAKE = text(
    "INSERT INTO counters (key, n) SELECT CAST(:key AS VARCHAR), 1 WHERE :cap > 0"
    " ON CONFLICT (key) DO UPDATE SET n = counters.n + 1 WHERE counters.n < :cap"
)
_GIVE = update(counters).where(counters.c.key == bindparam("of"), counters.c.n > 0).values(n=counters.c.n - 1)
_READ = select(counters.c.n).where(counters.c.key == bindparam("of"))
#: Stands for «no cap».
_UNBOUNDED = 2**31 - 1


async def take(tx: Tx, key: str, *, cap: int | None) -> bool:
    """Count one more unless `cap` is reached; False when it is full."""
    return await tx.run(_TAKE, key=key, cap=_UNBOUNDED if cap is None else cap) == 1


async def give(tx: Tx, key: str) -> None:
    """Count one less; never below nothing."""
    await tx.run(_GIVE, of=key)


async def read(tx: Tx, key: str) -> int:
    """How many there are."""
    row = await tx.first(_READ, of=key)
    return 0 if row is None else row.n
