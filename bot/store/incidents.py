"""Nothing silent: what was dropped, skipped or not understood is counted by name and reason."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select, text

from bot.store.tables.machinery import incidents
from bot.store.tx import Tx
from bot.store.types import UTCDateTime

_COUNT = text(
    "INSERT INTO incidents (name, reason, n, last_at) VALUES (:name, :reason, :times, :at)"
    " ON CONFLICT (name, reason) DO UPDATE SET n = incidents.n + excluded.n, last_at = excluded.last_at"
).bindparams(bindparam("at", type_=UTCDateTime))
_ALL = select(incidents).order_by(incidents.c.name, incidents.c.reason)


async def count(tx: Tx, name: str, reason: str, now: datetime, *, times: int = 1) -> None:
    """Count `times` more of `name` for `reason`."""
    await tx.run(_COUNT, name=name, reason=reason, at=now, times=times)


async def totals(tx: Tx) -> dict[tuple[str, str], int]:
    """How often each happened."""
    return {(row.name, row.reason): row.n for row in await tx.all(_ALL)}
