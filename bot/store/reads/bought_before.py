"""Whether a customer had bought before: another won deal or an order, of the same account or lead."""

from __future__ import annotations

from sqlalchemy import BindParameter, String, bindparam, or_, select

from bot.crm.opportunity import Opportunity
from bot.store.tables.imports import orders
from bot.store.tables.sales import opportunities
from bot.store.tx import Tx

#: A deal without an account or a lead is compared with nobody's.
_ACCOUNT: BindParameter[str] = bindparam("of_account", type_=String())
_LEAD: BindParameter[str] = bindparam("of_lead", type_=String())
_WON = (
    select(opportunities.c.id)
    .where(
        opportunities.c.won.is_(True),
        opportunities.c.id != bindparam("of"),
        or_(
            (opportunities.c.account_id == _ACCOUNT) & (opportunities.c.account_id != ""),
            opportunities.c.lead_id == _LEAD,
        ),
    )
    .limit(1)
)
_ORDERED = select(orders.c.id).where(or_(orders.c.account_id == _ACCOUNT, orders.c.lead_id == _LEAD)).limit(1)


async def bought_before(tx: Tx, deal: Opportunity) -> bool:
    """Before this deal was won, or beside it."""
    whose = {"of_account": deal.account_id, "of_lead": deal.lead_id}
    won = await tx.first(_WON, of=deal.id, **whose)
    return won is not None or await tx.first(_ORDERED, **whose) is not None
