"""What did somebody do today, with whom, and what comes next?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select

from bot.crm.follow_up import FollowUpKind
from bot.store.desk import Desk
from bot.store.tables.leads import leads
from bot.store.tables.sales import follow_ups

_AT = follow_ups.c.at.type
_DONE = (
    select(
        follow_ups.c.id, follow_ups.c.lead_id, follow_ups.c.kind, follow_ups.c.text, follow_ups.c.at,
        leads.c.name, leads.c.company,
    )
    .select_from(follow_ups.outerjoin(leads, leads.c.id == follow_ups.c.lead_id))
    .where(
        follow_ups.c.user_id == bindparam("of_user"),
        follow_ups.c.at >= bindparam("since", type_=_AT),
        follow_ups.c.at < bindparam("until", type_=_AT),
    )
    .order_by(follow_ups.c.at, follow_ups.c.id)
    .limit(bindparam("most"))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """One follow-up, and whom it was about."""

    lead_id: str
    about: str
    kind: FollowUpKind
    text: str
    at: datetime


async def done(desk: Desk, user_id: str, *, since: datetime, until: datetime, most: int) -> tuple[Done, ...]:
    """His follow-ups in the order in which he made them."""
    rows = await desk.tx.all(_DONE, of_user=user_id, since=since, until=until, most=most)
    return tuple(
        Done(
            row.lead_id,
            "·".join(part for part in (row.name, row.company) if part),
            FollowUpKind(row.kind),
            desk.vault.open(row.text, f"follow_ups.text:{row.id}").decode(),
            row.at,
        )
        for row in rows
    )
