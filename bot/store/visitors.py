"""Browsers and apps, and whose they turned out to be.

A visitor becomes one person's at the most once: whoever is known already is never made another one
by a tracking call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select, text, update

from bot.store import behaviours, touch_points
from bot.store.tables.behaviour import visitors
from bot.store.tables.leads import leads
from bot.store.tx import Tx
from bot.store.types import UTCDateTime

#: Before a sender's own id of a customer, so that it is no browser's.
USER = "user:"

_SEEN = text(
    "INSERT INTO visitors (visitor, first_seen, last_seen) VALUES (:visitor, :at, :at)"
    " ON CONFLICT (visitor) DO UPDATE SET last_seen = excluded.last_seen"
).bindparams(bindparam("at", type_=UTCDateTime))
#: The lead that a merged one went into.
_LEADS = (
    select(
        visitors.c.visitor,
        func.coalesce(leads.c.merged_into, visitors.c.lead_id).label("lead_id"),
        visitors.c.same_as,
    )
    .select_from(visitors.join(leads, leads.c.id == visitors.c.lead_id, isouter=True))
    .where(visitors.c.visitor.in_(bindparam("those", expanding=True)))
)
_SAME = (
    update(visitors).where(visitors.c.visitor == bindparam("browser")).values(same_as=bindparam("as_user"))
)
_KIN = select(visitors.c.visitor).where(
    or_(
        visitors.c.visitor.in_(bindparam("those", expanding=True)),
        visitors.c.same_as.in_(bindparam("these", expanding=True)),
    ),
    visitors.c.lead_id.is_(None),
)
_JOIN = (
    update(visitors)
    .where(visitors.c.visitor.in_(bindparam("those", expanding=True)), visitors.c.lead_id.is_(None))
    .values(lead_id=bindparam("to_lead"), joined_at=bindparam("at"))
)


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whose it is, if anybody knows."""

    visitor: str
    lead_id: str | None
    same_as: str | None


async def seen(tx: Tx, those: Iterable[str], now: datetime) -> Mapping[str, Visitor]:
    """Note that they were here, and say whose they are.

    Written before it is read: who joins one of them at this moment either comes first or waits.
    """
    names = sorted(set(those))
    if not names:
        return {}
    await tx.run_all(_SEEN, [{"visitor": name, "at": now} for name in names])
    rows = await tx.all(_LEADS, those=names)
    return {row.visitor: Visitor(row.visitor, row.lead_id, row.same_as) for row in rows}


async def identify(tx: Tx, visitor: str, user: str) -> None:
    """This browser says it is that user's; both must have been seen."""
    if visitor != user:
        await tx.run(_SAME, browser=visitor, as_user=user)


async def join(tx: Tx, those: Iterable[str], lead_id: str, now: datetime) -> int:
    """Make visitors this lead's, with all who said they are the same; how much history came along."""
    named = sorted(set(those))
    if not named:
        return 0
    kin = sorted(row.visitor for row in await tx.all(_KIN, those=named, these=named))
    if not kin:
        return 0
    await tx.run(_JOIN, those=kin, to_lead=lead_id, at=now)
    await touch_points.give(tx, kin, lead_id)
    return await behaviours.give(tx, kin, lead_id)
