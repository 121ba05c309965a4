"""Which deals were lost in these days, whose, and why?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import bindparam, func, select

from bot.crm.user import User
from bot.store.tables.people import users
from bot.store.tables.sales import opportunities
from bot.store.tx import Tx

_AT = opportunities.c.closed_at.type
_LOST = (
    select(
        opportunities.c.id, opportunities.c.name, opportunities.c.amount, opportunities.c.lost_reason,
        users.c.name.label("owner_name"),
    )
    .select_from(opportunities.outerjoin(users, users.c.id == opportunities.c.closed_owner_id))
    .where(
        opportunities.c.won.is_(False),
        opportunities.c.closed_at >= bindparam("since", type_=_AT),
        opportunities.c.closed_at < bindparam("until", type_=_AT),
    )
    .order_by(func.coalesce(opportunities.c.amount, 0).desc(), opportunities.c.id)
    .limit(bindparam("most"))
)  # fmt: skip
_OF_REGION = _LOST.where(opportunities.c.closed_region == bindparam("in_region"))


@dataclass(frozen=True, slots=True)
class LostDeal:
    """One of them."""

    id: str
    name: str
    amount: Decimal | None
    reason: str
    owner_name: str


async def lost_deals(
    tx: Tx, viewer: User, *, since: datetime, until: datetime, most: int
) -> tuple[LostDeal, ...]:
    """The largest first, as far as somebody who leads people may see them."""
    span = {"since": since, "until": until, "most": most}
    if viewer.sees_all():
        rows = await tx.all(_LOST, **span)
    else:
        rows = await tx.all(_OF_REGION, in_region=viewer.region, **span)
    return tuple(
        LostDeal(row.id, row.name, row.amount, row.lost_reason or "", row.owner_name or "") for row in rows
    )
