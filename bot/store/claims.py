"""The ledger of claims: a row for every try, granted or not; it is only ever added to."""

from __future__ import annotations

from bot.crm.pool import Refusal
from bot.crm.user import User
from bot.store.desk import Desk
from bot.store.tables.leads import claims

WON = "won"


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


def day_of(desk: Desk) -> str:
    """The company's local day: caps end with it."""
    return desk.now.astimezone(desk.company.org.zone).date().isoformat()


def daily_key(desk: Desk, *, user_id: str, pool_id: str) -> str:
    """The counter of somebody's claims from a pool today."""
    return f"claims:{pool_id}:{user_id}:{day_of(desk)}"


def holding_key(user_id: str) -> str:
    """The counter of leads that somebody holds."""
    return f"holding:{user_id}"
