"""Who works on another lead of the same company, and got it not long ago?"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import bindparam, select

from bot.store.tables.leads import leads
from bot.store.tx import Tx

_this = leads.alias("this")
_OWNER = (
    select(leads.c.owner_id)
    .join(_this, _this.c.company_key == leads.c.company_key)
    .where(
        _this.c.id == bindparam("of_lead"),
        _this.c.company_key != "",
        leads.c.id != _this.c.id,
        leads.c.owner_id.is_not(None),
        leads.c.owned_at > bindparam("since"),
        leads.c.merged_into.is_(None),
    )
    .order_by(leads.c.owned_at.desc(), leads.c.id)
    .limit(1)
)


async def owner_of_company(tx: Tx, lead_id: str, *, since: datetime) -> str | None:
    """The colleague who got a lead of this lead's company last, after `since`; None if nobody did."""
    row = await tx.first(_OWNER, of_lead=lead_id, since=since)
    return None if row is None else str(row.owner_id)
