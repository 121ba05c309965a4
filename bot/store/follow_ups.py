"""Follow-ups: what was done with a lead, sealed as it was written, with the first response measured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update

from bot.crm.follow_up import FollowUpKind
from bot.crm.lead import Lead
from bot.crm.user import User
from bot.store.desk import Desk
from bot.store.tables.leads import leads
from bot.store.tables.sales import follow_ups


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp:
    """One of them."""

    id: str
    lead_id: str
    user_id: str
    kind: FollowUpKind
    text: str
    at: datetime
    opportunity_id: str | None = None
    #: Working minutes since creation or re-enquiry; only on the first answer of the owner.
    response_minutes: int | None = None


_ANSWERED = select(follow_ups.c.id).where(
    follow_ups.c.lead_id == bindparam("of_lead"),
    follow_ups.c.response_minutes.is_not(None),
    follow_ups.c.at >= bindparam("since"),
)
_OF_LEAD = (
    select(follow_ups)
    .where(follow_ups.c.lead_id == bindparam("of_lead"))
    .order_by(follow_ups.c.at.desc(), follow_ups.c.id)
    .limit(bindparam("most"))
)
_TOUCHED = (
    update(leads)
    .where(leads.c.id == bindparam("of_lead"))
    .values(last_follow_up_at=bindparam("now_at"), changed_at=bindparam("now_at"))
)


async def record(
    desk: Desk,
    lead: Lead,
    *,
    text: str,
    kind: FollowUpKind,
    by: User,
    owner: User,
    opportunity_id: str | None = None,
) -> FollowUp:
    """Write down what `by` did; it counts for the owner, team and region of this moment."""
    follow_up = FollowUp(
        id=desk.new_id(),
        lead_id=lead.id,
        user_id=by.id,
        kind=kind,
        text=text,
        at=desk.now,
        opportunity_id=opportunity_id,
        response_minutes=await _response_minutes(desk, lead) if by.id == lead.owner_id else None,
    )
    names = ("id", "lead_id", "user_id", "at", "opportunity_id", "response_minutes")
    row = {name: getattr(follow_up, name) for name in names}
    facts = {"owner_id": owner.id, "team": owner.team, "region": owner.region}
    sealed = desk.vault.seal(text.encode(), _place(follow_up.id))
    await desk.tx.insert(follow_ups, {**row, **facts, "kind": kind.value, "text": sealed})
    await desk.tx.run(_TOUCHED, of_lead=lead.id, now_at=desk.now)
    return follow_up


async def of_lead(desk: Desk, lead_id: str, *, most: int) -> list[FollowUp]:
    """What was done with a lead, the latest first."""
    return [
        FollowUp(
            id=row.id,
            lead_id=row.lead_id,
            user_id=row.user_id,
            kind=FollowUpKind(row.kind),
            text=desk.vault.open(row.text, _place(row.id)).decode(),
            at=row.at,
            opportunity_id=row.opportunity_id,
            response_minutes=row.response_minutes,
        )
        for row in await desk.tx.all(_OF_LEAD, of_lead=lead_id, most=most)
    ]


async def _response_minutes(desk: Desk, lead: Lead) -> int | None:
    """How long the customer waited, if this is the first answer since he wrote."""
    if lead.waiting_since is None:
        return None
    if await desk.tx.first(_ANSWERED, of_lead=lead.id, since=lead.waiting_since) is not None:
        return None
    waited = desk.company.working_time.working_between(lead.waiting_since, desk.now)
    return int(waited.total_seconds() // 60)


def _place(follow_up_id: str) -> str:
    return f"follow_ups.text:{follow_up_id}"
