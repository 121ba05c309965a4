"""Which leads of an import are warm enough to be taken by somebody now?"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, func, select, true

from bot.crm.lead import LeadStatus
from bot.store.tables.imports import import_rows
from bot.store.tables.leads import leads
from bot.store.tx import Tx


@dataclass(frozen=True, slots=True)
class HotLeads:
    """How many lie in which pool, and the warmest of all."""

    by_pool: dict[str, int]
    first: tuple[str, ...]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.by_pool.values())


_ANY = bindparam("any_score", type_=true().type)
_HOT = (
    import_rows.c.batch_id == bindparam("of"),
    import_rows.c.outcome.in_(("created", "merged")),
    leads.c.status == LeadStatus.NEW.value,
    leads.c.owner_id.is_(None),
    leads.c.merged_into.is_(None),
    leads.c.sales_qualified_at.is_not(None) | _ANY,
)
_FROM = import_rows.join(leads, leads.c.id == import_rows.c.entity_id)
_BY_POOL = (
    select(leads.c.pool_id, func.count(func.distinct(leads.c.id)).label("n"))
    .select_from(_FROM)
    .where(*_HOT)
    .group_by(leads.c.pool_id)
)
_FIRST = (
    select(leads.c.id, leads.c.score)
    .select_from(_FROM)
    .where(*_HOT)
    .distinct()
    .order_by(leads.c.score.desc(), leads.c.id)
    .limit(bindparam("most"))
)


async def imported_hot(tx: Tx, batch_id: str, *, every: bool, most: int) -> HotLeads:
    """Those that have reached the SQL line and wait for an owner; `every`: whatever their score."""
    pools = await tx.all(_BY_POOL, of=batch_id, any_score=every)
    first = await tx.all(_FIRST, of=batch_id, any_score=every, most=most)
    return HotLeads({row.pool_id or "": int(row.n) for row in pools}, tuple(row.id for row in first))
