"""Who met a customer whom we had already (撞单), when, and by what he was recognised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from bot.crm.lead import Lead
from bot.crm.user import User
from bot.store import incidents
from bot.store.desk import Desk
from bot.store.tables.people import users
from bot.store.tables.quality import collisions
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Collision:
    """One of them."""

    user_id: str
    name: str
    #: The kind of key, or `company`.
    matched: str
    #: entered or checked.
    how: str
    at: datetime


_OF = (
    select(collisions, users.c.name)
    .outerjoin(users, users.c.id == collisions.c.user_id)
    .where(collisions.c.lead_id.in_(bindparam("those", expanding=True)))
    .order_by(collisions.c.at.desc(), collisions.c.id.desc())
    .limit(bindparam("most"))
)


async def note(desk: Desk, lead: Lead, by: User, *, matched: str, how: str) -> None:
    """Write down that somebody met this customer."""
    row = {"lead_id": lead.id, "user_id": by.id, "matched": matched, "how": how, "at": desk.now}
    await desk.tx.insert(collisions, {**row, "owner_id": lead.owner_id, "status": lead.status.value})
    await incidents.count(desk.tx, "lead.collided", how, desk.now)


async def of_leads(tx: Tx, lead_ids: tuple[str, ...], *, most: int) -> list[Collision]:
    """The latest of these leads, the newest first."""
    rows = await tx.all(_OF, those=list(lead_ids), most=most)
    return [Collision(row.user_id, row.name or row.user_id, row.matched, row.how, row.at) for row in rows]
