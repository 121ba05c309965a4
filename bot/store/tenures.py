"""Who had a lead, since when, until when, and why it ended (归属记录)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update

from bot.crm.lead import Lead
from bot.crm.pool import Standing
from bot.crm.user import User
from bot.store import webhooks
from bot.store.desk import Desk
from bot.store.tables.leads import tenures
from bot.store.tables.people import users
from bot.store.tx import Tx

#: Ends after which its owner has to leave the lead to others for some days.
_COOLING = ("released", "recycled", "reassigned")


@dataclass(frozen=True, slots=True)
class Tenure:
    """One owner's time with one lead."""

    lead_id: str
    epoch: int
    owner_id: str
    how: str
    by: str
    reason: str
    from_at: datetime
    to_at: datetime | None
    #: Empty while it lasts: released, recycled, transferred, reassigned, left, invalid.
    ended_how: str
    ended_by: str
    #: The name behind `ended_by`, if a person ended it.
    ended_by_name: str
    ended_reason: str

    def is_cooling(self, since: datetime) -> bool:
        """Whether it ended after `since` in a way that keeps its owner from taking the lead again."""
        return self.ended_how in _COOLING and self.to_at is not None and self.to_at > since


_ALL = (
    select(tenures, users.c.name.label("ended_by_name"))
    .outerjoin(users, users.c.id == tenures.c.ended_by)
    .where(tenures.c.lead_id == bindparam("of_lead"))
    .order_by(tenures.c.epoch)
)
_COOLING_DOWN = select(tenures.c.owner_id).where(
    tenures.c.lead_id == bindparam("of_lead"),
    tenures.c.ended_how.in_(_COOLING),
    tenures.c.to_at > bindparam("after"),
)


_END_TENURE = (
    update(tenures)
    .where(tenures.c.lead_id == bindparam("of"), tenures.c.epoch == bindparam("at_epoch"))
    .values(
        to_at=bindparam("at"), ended_how=bindparam("how_ended"),
        ended_by=bindparam("by_user"), ended_reason=bindparam("why"),
    )
)  # fmt: skip


async def begin(desk: Desk, lead: Lead | Standing, to: User, *, how: str, by: User, reason: str) -> None:
    """Somebody becomes the owner; `lead` is as it was before."""
    await desk.tx.insert(
        tenures,
        {
            "lead_id": lead.id,
            "epoch": lead.epoch + 1,
            "owner_id": to.id,
            "team": to.team,
            "region": to.region,
            "pool_id": lead.pool_id,
            "how": how,
            "by": by.id,
            "reason": reason,
            "from_at": desk.now,
        },
    )
    told = {"id": lead.id, "owner": to.id, "how": how, "by": by.id, "reason": reason}
    kind = "lead.claimed" if how == "claimed" else "lead.assigned"
    await webhooks.tell(desk, kind, told, lead_id=lead.id)


async def end(desk: Desk, lead: Lead, *, how: str, by: User, reason: str) -> None:
    """The time of the present owner ends; `lead` is as it was before."""
    await desk.tx.run(
        _END_TENURE, of=lead.id, at_epoch=lead.epoch, at=desk.now, how_ended=how, by_user=by.id, why=reason
    )
    if how in ("released", "recycled"):
        told = {"id": lead.id, "owner": lead.owner_id, "how": how, "by": by.id, "reason": reason}
        await webhooks.tell(desk, "lead.released", told, lead_id=lead.id)


async def of_lead(tx: Tx, lead_id: str) -> list[Tenure]:
    """All of them, the first one first."""
    return [_tenure(row) for row in await tx.all(_ALL, of_lead=lead_id)]


async def cooling(tx: Tx, lead_id: str, *, after: datetime) -> set[str]:
    """Who gave it back, or had it taken from him, later than `after`."""
    return {row.owner_id for row in await tx.all(_COOLING_DOWN, of_lead=lead_id, after=after)}


def _tenure(row: Any) -> Tenure:  # noqa: ANN401 - a row
    return Tenure(
        row.lead_id, row.epoch, row.owner_id, row.how, row.by, row.reason, row.from_at, row.to_at,
        row.ended_how or "", row.ended_by or "", row.ended_by_name or "", row.ended_reason or "",
    )  # fmt: skip
