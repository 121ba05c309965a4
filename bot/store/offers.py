"""Who was shown a lead that waits for an owner."""

from __future__ import annotations

from sqlalchemy import bindparam, select, text

from bot.store.desk import Desk
from bot.store.tables.leads import offers
from bot.store.tx import Tx
from bot.store.types import UTCDateTime

_OF = select(offers.c.user_id, offers.c.round).where(
    offers.c.lead_id == bindparam("of_lead"), offers.c.epoch == bindparam("at_epoch")
)
_NOTE = text(
    "INSERT INTO offers (lead_id, epoch, user_id, round, at) VALUES (:lead, :epoch, :user, :round, :at)"
    " ON CONFLICT (lead_id, epoch, user_id) DO UPDATE SET round = excluded.round"
).bindparams(bindparam("at", type_=UTCDateTime))
_TO = (
    select(offers.c.epoch)
    .where(offers.c.lead_id == bindparam("of_lead"), offers.c.user_id == bindparam("to_user"))
    .order_by(offers.c.epoch.desc())
    .limit(1)
)


async def note(desk: Desk, *, lead_id: str, epoch: int, user_id: str, round: int) -> None:
    """Remember that he was asked in this round, for the first time or again."""
    await desk.tx.run(_NOTE, lead=lead_id, epoch=epoch, user=user_id, round=round, at=desk.now)


async def asked(tx: Tx, lead_id: str, epoch: int) -> dict[str, int]:
    """Who was asked since the last change of owner, and in which round last."""
    return {row.user_id: row.round for row in await tx.all(_OF, of_lead=lead_id, at_epoch=epoch)}


async def last_epoch(tx: Tx, lead_id: str, user_id: str) -> int | None:
    """Under which epoch he was asked last; None if he never was."""
    row = await tx.first(_TO, of_lead=lead_id, to_user=user_id)
    return None if row is None else int(row.epoch)
