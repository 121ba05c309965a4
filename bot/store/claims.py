"""The ledger of claims: a row for every try, granted or not; it is only ever added to."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from bot.crm.pool import Refusal
from bot.crm.user import User
from bot.store.desk import Desk
from bot.store.tables.leads import claims
from bot.store.tx import Tx

WON = "won"
_COUNT = (
    select(func.count().label("n"))
    .select_from(claims)
    .where(
        claims.c.user_id == bindparam("of_user"),
        claims.c.pool_id == bindparam("of_pool"),
        claims.c.day == bindparam("on_day"),
        claims.c.outcome == WON,
    )
)


async def note(
    desk: Desk, *, lead_id: str, by: User, pool_id: str, epoch: int, refusal: Refusal | None = None
) -> None:
    """Write down a try and what came of it."""
    await desk.tx.insert(
        claims,
        {
            "lead_id": lead_id,
            "user_id": by.id,
            "pool_id": pool_id,
            "epoch": epoch,
            "day": day_of(desk),
            "outcome": WON if refusal is None else refusal.value,
            "at": desk.now,
            "team": by.team,
            "region": by.region,
        },
    )


async def won_on(tx: Tx, *, user_id: str, pool_id: str, day: str) -> int:
    """How many he took out of this pool on this day, by the ledger."""
    row = await tx.first(_COUNT, of_user=user_id, of_pool=pool_id, on_day=day)
    return 0 if row is None else int(row.n)


def day_of(desk: Desk) -> str:
    """The company's local day: caps end with it."""
    return desk.now.astimezone(desk.company.org.zone).date().isoformat()


def daily_key(desk: Desk, *, user_id: str, pool_id: str) -> str:
    """The counter of somebody's claims from a pool today."""
    return f"claims:{pool_id}:{user_id}:{day_of(desk)}"


def holding_key(user_id: str) -> str:
    """The counter of leads that somebody holds."""
    return f"holding:{user_id}"
