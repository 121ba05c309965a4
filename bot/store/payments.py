"""Payments: money that came in (回款)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import bindparam, select

from bot.crm.opportunity import Opportunity
from bot.crm.user import User
from bot.store.desk import Desk
from bot.store.tables.sales import payments
from bot.store.tx import Tx

_AMOUNTS = select(payments.c.amount).where(payments.c.opportunity_id == bindparam("of"))


async def add(
    desk: Desk, deal: Opportunity, *, amount: Decimal, on: date, by: str, owner: User | None
) -> str:
    """Write down a payment; it counts for the owner, team and region of this moment."""
    payment_id = desk.new_id()
    await desk.tx.insert(
        payments,
        {
            "id": payment_id,
            "opportunity_id": deal.id,
            "amount": amount,
            "on": on,
            "by": by,
            "at": desk.now,
            "owner_id": owner.id if owner else None,
            "team": owner.team if owner else "",
            "region": owner.region if owner else "",
        },
    )
    return payment_id


async def total(tx: Tx, opportunity_id: str) -> Decimal:
    """All that came in for an opportunity."""
    return sum((row.amount for row in await tx.all(_AMOUNTS, of=opportunity_id)), Decimal(0))
