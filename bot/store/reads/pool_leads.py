"""What lies in these pools, the hot ones first?"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, func, select

from bot.crm.lead import Lead
from bot.crm.listing import PAGE, Page
from bot.crm.pool import WAITING
from bot.store import leads as found_leads
from bot.store.tables.leads import leads
from bot.store.tx import Tx


async def pool_leads(tx: Tx, pool_ids: Sequence[str], *, number: int) -> Page[Lead]:
    """A page of the leads that wait there for an owner; the last page for a number beyond it."""
    waiting = (
        leads.c.pool_id.in_(list(pool_ids)),
        leads.c.status.in_(sorted(WAITING)),
        leads.c.owner_id.is_(None),
        leads.c.merged_into.is_(None),
    )
    count = await tx.first(select(func.count().label("total")).select_from(leads).where(*waiting))
    total = int(count.total) if count else 0
    number = min(number, max(1, -(-total // PAGE)))
    lines = (
        select(leads)
        .where(*waiting)
        .order_by(leads.c.score.desc(), leads.c.created_at, func.length(leads.c.id), leads.c.id)
        .limit(PAGE)
        .offset(bindparam("skipped"))
    )
    rows = await tx.all(lines, skipped=(number - 1) * PAGE)
    return Page(tuple(found_leads.lead(row) for row in rows), number, total)
