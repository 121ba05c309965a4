"""How many leads are in a segment, and who for example, as far as somebody may see them?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, true

from bot.crm.company import Company
from bot.crm.company.segments import Segment
from bot.crm.lead import Lead
from bot.crm.user import Role, User
from bot.store import leads as found_leads
from bot.store.conditions import begins, question, spans_of
from bot.store.tables.leads import leads
from bot.store.tables.people import users
from bot.store.tx import Tx

_ALL_SEEING = frozenset({Role.EXECUTIVE, Role.DIRECTOR, Role.MARKETER})


@dataclass(frozen=True, slots=True)
class Sample:
    """A few of a segment, the hot ones first, and how many there are."""

    size: int
    leads: tuple[Lead, ...]


async def sizes(
    tx: Tx, company: Company, segments: Sequence[Segment], viewer: User, *, now: datetime
) -> tuple[int, ...]:
    """How many are in each, by one pass over the leads."""
    if not segments:
        return ()
    asked = [question(one.when, company.registry) for one in segments]
    counts = [func.coalesce(func.sum(one.column), 0).label(f"n{n}") for n, one in enumerate(asked)]
    query = select(*counts).select_from(leads).where(leads.c.merged_into.is_(None), _visible(viewer))
    row = await tx.first(query, **begins(spans_of([one.when for one in segments]), now))
    return tuple(int(getattr(row, f"n{n}")) for n in range(len(segments)))


async def sample(
    tx: Tx, company: Company, segment: Segment, viewer: User, *, now: datetime, at_most: int
) -> Sample:
    """Its size and the first few; nobody at all for whoever may see totals alone."""
    asked = question(segment.when, company.registry)
    inside = and_(asked.where, leads.c.merged_into.is_(None), _visible(viewer))
    count = await tx.first(select(func.count().label("size")).where(inside), **asked.params(now))
    size = int(count.size) if count else 0
    if viewer.role is Role.MARKETER or at_most == 0:
        return Sample(size, ())
    some = select(leads).where(inside).order_by(leads.c.score.desc(), leads.c.id).limit(at_most)
    rows = await tx.all(some, **asked.params(now))
    return Sample(size, tuple(found_leads.lead(row) for row in rows))


async def total(tx: Tx) -> int:
    """How many leads there are."""
    row = await tx.first(select(func.count().label("total")).select_from(leads))
    return int(row.total) if row else 0


def _visible(viewer: User) -> ColumnElement[bool]:
    if viewer.role in _ALL_SEEING:
        return true()
    if viewer.role is Role.MANAGER and viewer.region:
        his = select(users.c.id).where(users.c.region == viewer.region)
        return or_(leads.c.region == viewer.region, leads.c.owner_id.in_(his))
    return leads.c.owner_id == viewer.id
