"""What customers say of us: marks in surveys, complaints. What they wrote is sealed."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import bindparam, update

from bot.crm.user import User
from bot.store.desk import Desk
from bot.store.tables.insight import complaints, surveys

BEST, WORST = 5, 1
_CLOSE = (
    update(complaints)
    .where(complaints.c.id == bindparam("of"), complaints.c.closed_at.is_(None))
    .values(closed_at=bindparam("moment", type_=complaints.c.closed_at.type))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Voice:
    """Who said it, and about what."""

    #: The sender's own: the same id is the same answer.
    id: str
    at: datetime
    lead_id: str | None = None
    account_id: str | None = None
    product: str = ""
    #: In his own words.
    text: str = field(default="", repr=False)


async def answer(desk: Desk, voice: Voice, *, survey: str, mark: int, owner: User | None) -> bool:
    """Keep a mark from 1 to 5; it counts for the owner of this moment. False if it is there."""
    if not WORST <= mark <= BEST:
        msg = f"a mark of {mark}"
        raise ValueError(msg)
    row = {**_row(desk, voice, owner, "surveys"), "survey": survey, "mark": mark, "answered_at": voice.at}
    return await desk.tx.insert_new(surveys, row)


async def complain(desk: Desk, voice: Voice, *, reason: str, owner: User | None) -> bool:
    """Open a complaint; it counts for the owner of this moment. False if it is there."""
    row = {**_row(desk, voice, owner, "complaints"), "reason": reason, "opened_at": voice.at}
    return await desk.tx.insert_new(complaints, row)


async def settle(desk: Desk, complaint_id: str) -> bool:
    """Close a complaint; False if it is not open."""
    return await desk.tx.run(_CLOSE, of=complaint_id, moment=desk.now) == 1


def _row(desk: Desk, voice: Voice, owner: User | None, table: str) -> dict[str, object]:
    return {
        "id": voice.id,
        "lead_id": voice.lead_id,
        "account_id": voice.account_id,
        "product": voice.product,
        "text": desk.vault.seal(voice.text.encode(), f"{table}.text:{voice.id}") if voice.text else None,
        "owner_id": owner.id if owner else None,
        "team": owner.team if owner else "",
        "region": owner.region if owner else "",
    }
