"""Quotes: what was offered for an opportunity, each a row for ever."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import bindparam, select

from bot.crm.opportunity import Opportunity
from bot.store.desk import Desk
from bot.store.tables.sales import quotes
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class Quote:
    """One of them."""

    id: str
    amount: Decimal
    #: Per cent off the list price.
    discount: Decimal
    product: str
    at: datetime


_LATEST = (
    select(quotes)
    .where(quotes.c.opportunity_id == bindparam("of"))
    .order_by(quotes.c.at.desc(), quotes.c.id.desc())
    .limit(1)
)


async def add(desk: Desk, deal: Opportunity, *, amount: Decimal, discount: Decimal, by: str) -> Quote:
    """Write down a quote for what the opportunity is about now."""
    quote = Quote(desk.new_id(), amount, discount, deal.product, desk.now)
    await desk.tx.insert(
        quotes,
        {
            "id": quote.id,
            "opportunity_id": deal.id,
            "amount": amount,
            "discount": discount,
            "product": deal.product,
            "by": by,
            "at": desk.now,
        },
    )
    return quote


async def latest(tx: Tx, opportunity_id: str) -> Quote | None:
    """The last quote, which is the one that holds."""
    row = await tx.first(_LATEST, of=opportunity_id)
    if row is None:
        return None
    return Quote(row.id, row.amount, row.discount, row.product, row.at)
