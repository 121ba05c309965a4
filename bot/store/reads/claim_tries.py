"""Who tried to take this lead, and what came of it?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from bot.store.tables.leads import claims, offers
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Try:
    """One try; `outcome` is won, or why not."""

    user_id: str
    epoch: int
    outcome: str
    at: datetime


_OF_LEAD = select(claims).where(claims.c.lead_id == bindparam("of_lead")).order_by(claims.c.id)
_SHOWN = select(offers.c.epoch, offers.c.at).where(
    offers.c.lead_id == bindparam("of_lead"), offers.c.user_id == bindparam("to_user")
).order_by(offers.c.epoch)  # fmt: skip


async def claim_tries(tx: Tx, lead_id: str) -> list[Try]:
    """All of them, the first one first."""
    rows = await tx.all(_OF_LEAD, of_lead=lead_id)
    return [Try(row.user_id, row.epoch, row.outcome, row.at) for row in rows]


async def shown_at(tx: Tx, lead_id: str, user_id: str) -> list[tuple[int, datetime]]:
    """At which epochs, and when, it was shown to somebody to take."""
    return [(row.epoch, row.at) for row in await tx.all(_SHOWN, of_lead=lead_id, to_user=user_id)]
