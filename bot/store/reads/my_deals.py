"""Which opportunities does somebody work on, those nearest to the end first?"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import bindparam, select

from bot.crm.company.pipeline import Pipeline
from bot.crm.listing import PAGE, DealLine, Page
from bot.store import opportunities as found_deals
from bot.store.tables.sales import accounts, opportunities
from bot.store.tx import Tx

#: More open deals than this nobody has.
_MOST = 1000
_OPEN = (
    select(opportunities, accounts.c.name.label("account_name"))
    .outerjoin(accounts, accounts.c.id == opportunities.c.account_id)
    .where(opportunities.c.owner_id == bindparam("of_owner"), opportunities.c.closed_at.is_(None))
    .order_by(opportunities.c.amount.desc(), opportunities.c.created_at, opportunities.c.id)
    .limit(_MOST)
)


@dataclass(frozen=True, slots=True)
class MyDeals:
    """One page, and the sum of all."""

    page: Page[DealLine]
    amount: Decimal


async def my_deals(tx: Tx, owner_id: str, pipeline: Pipeline, *, number: int) -> MyDeals:
    """A page of them; within a stage the largest first."""
    order = {stage.name: index for index, stage in enumerate(pipeline.stages)}
    rows = await tx.all(_OPEN, of_owner=owner_id)
    lines = [DealLine(found_deals.read(row), row.account_name or "") for row in rows]
    # A stage that was taken out of the configuration comes last.
    lines.sort(key=lambda line: (-order.get(line.deal.stage, -1), -(line.deal.amount or Decimal(0))))
    number = min(number, max(1, -(-len(lines) // PAGE)))
    shown = tuple(lines[(number - 1) * PAGE : number * PAGE])
    amount = sum((line.deal.amount or Decimal(0) for line in lines), Decimal(0))
    return MyDeals(Page(shown, number, len(lines)), amount)
