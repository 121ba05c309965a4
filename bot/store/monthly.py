"""What platforms count by the month for the whole company: calls of ours, pushes to us."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo

from sqlalchemy import bindparam, select, text

from bot.store.tables.machinery import monthly
from bot.store.tx import Tx

CALLS, PUSHES = "calls", "pushes"
_COUNT = text(
    "INSERT INTO monthly (platform, what, month, n) VALUES (:platform, :what, :month, :times)"
    " ON CONFLICT (platform, what, month) DO UPDATE SET n = monthly.n + excluded.n"
)
_USED = select(monthly.c.n).where(
    monthly.c.platform == bindparam("on_platform"),
    monthly.c.what == bindparam("of_what"),
    monthly.c.month == bindparam("in_month"),
)
_ALL = (
    select(monthly)
    .where(monthly.c.month == bindparam("in_month"))
    .order_by(monthly.c.platform, monthly.c.what)
)


@dataclass(frozen=True, slots=True)
class Used:
    """How much of something was used on a platform this month."""

    platform: str
    what: str
    n: int


def month_of(now: datetime, zone: tzinfo) -> str:
    """The company's month, as `2026-11`."""
    return f"{now.astimezone(zone):%Y-%m}"


async def count(tx: Tx, platform: str, what: str, *, month: str, by: int = 1) -> int:
    """Count `by` more; how many there are now."""
    await tx.run(_COUNT, platform=platform, what=what, month=month, times=by)
    return await used(tx, platform, what, month=month)


async def used(tx: Tx, platform: str, what: str, *, month: str) -> int:
    """How many there were this month."""
    row = await tx.first(_USED, on_platform=platform, of_what=what, in_month=month)
    return 0 if row is None else row.n


async def everything(tx: Tx, *, month: str) -> list[Used]:
    """All that was counted this month."""
    return [Used(row.platform, row.what, row.n) for row in await tx.all(_ALL, in_month=month)]
