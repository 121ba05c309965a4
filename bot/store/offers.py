"""Who was shown a lead that waits for an owner."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from bot.store.desk import Desk
from bot.store.tables.leads import offers
from bot.store.tx import Tx

_OF = select(offers.c.user_id).where(
    offers.c.lead_id == bindparam("of_lead"), offers.c.epoch == bindparam("at_epoch")
)
_TO = (
    select(offers.c.epoch)
    .where(offers.c.lead_id == bindparam("of_lead"), offers.c.user_id == bindparam("to_user"))
    .order_by(offers.c.epoch.desc())
    .limit(1)
)


async def note(desk: Desk, *, lead_id: str, epoch: int, user_id: str, round: int) -> bool:
    """Remember that he was asked; False if he was asked before since the last change of owner."""
    return await desk.tx.insert_new(
        offers, {"lead_id": lead_id, "epoch": epoch, "user_id": user_id, "round": round, "at": desk.now}
    )


async def asked(tx: Tx, lead_id: str, epoch: int) -> set[str]:
    """Who was asked since the last change of owner."""
    return {row.user_id for row in await tx.all(_OF, of_lead=lead_id, at_epoch=epoch)}


async def last_epoch(tx: Tx, lead_id: str, user_id: str) -> int | None:
    """Under which epoch he was asked last; None if he never was."""
    row = await tx.first(_TO, of_lead=lead_id, to_user=user_id)
    return None if row is None else int(row.epoch)
