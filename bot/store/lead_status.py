"""A lead's status: every change is one conditional UPDATE with a row of history beside it.

Like a change of owner it names the epoch it was decided under, and does nothing under another. A
status that ends the owner's holding gives him a place free.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, update

from bot.crm.lead import Lead, LeadStatus
from bot.crm.pool import HELD, WAITING, Standing
from bot.crm.user import SYSTEM, User
from bot.store import counters, tenures, webhooks
from bot.store.claims import holding_key
from bot.store.desk import Desk
from bot.store.tables.leads import leads, status_changes

_of_this = (
    leads.c.id == bindparam("of"),
    leads.c.epoch == bindparam("at_epoch"),
    leads.c.merged_into.is_(None),
)
_INVALIDATE = (
    update(leads)
    .where(*_of_this, leads.c.status.in_(sorted(WAITING | HELD)))
    .values(
        epoch=leads.c.epoch + 1,
        status=LeadStatus.INVALID.value,
        invalid_reason=bindparam("why"),
        changed_at=bindparam("at"),
    )
)
_REOPEN = (
    update(leads)
    .where(*_of_this, leads.c.status == LeadStatus.INVALID.value)
    .values(
        owner_id=None,
        epoch=leads.c.epoch + 1,
        status=LeadStatus.RECYCLED.value,
        owned_at=None,
        invalid_reason=None,
        pool_id=bindparam("to_pool"),
        changed_at=bindparam("at"),
    )
)
_SET_STATUS = (
    update(leads)
    .where(*_of_this, leads.c.status == bindparam("was"))
    .values(status=bindparam("is_now"), changed_at=bindparam("at"))
)
_CONVERT = (
    update(leads)
    .where(*_of_this, leads.c.status.in_(sorted(HELD)))
    .values(
        status=LeadStatus.CONVERTED.value,
        account_id=bindparam("to_account"),
        converted_at=bindparam("at"),
        changed_at=bindparam("at"),
    )
)


async def invalidate(desk: Desk, lead: Lead, *, by: User, owner: User | None, reason: str) -> bool:
    """Mark a lead as worthless. It stays with its owner's name on it, but no longer counts as held."""
    if await desk.tx.run(_INVALIDATE, of=lead.id, at_epoch=lead.epoch, why=reason, at=desk.now) != 1:
        return False
    if lead.owner_id is not None:
        await counters.give(desk.tx, holding_key(lead.owner_id))
        await tenures.end(desk, lead, how="invalid", by=by, reason=reason)
    await note(desk, lead, LeadStatus.INVALID, by=by, reason=reason, owner=owner)
    return True


async def reopen(desk: Desk, lead: Lead, *, pool_id: str, reason: str) -> bool:
    """Put an invalid lead back into a pool: whoever writes to us again is not worthless."""
    if await desk.tx.run(_REOPEN, of=lead.id, at_epoch=lead.epoch, to_pool=pool_id, at=desk.now) != 1:
        return False
    await note(desk, lead, LeadStatus.RECYCLED, by=SYSTEM, reason=reason, owner=None)
    return True


async def offered(desk: Desk, lead: Lead, *, reason: str) -> Lead:
    """A new lead was shown to people; one that came back stays marked as such. The lead as it is then."""
    if lead.status is not LeadStatus.NEW:
        return lead
    await set_status(desk, lead, LeadStatus.OFFERED, by=SYSTEM, owner=None, reason=reason)
    return lead._replace(status=LeadStatus.OFFERED)


async def set_status(
    desk: Desk, lead: Lead, status: LeadStatus, *, by: User, owner: User | None, reason: str
) -> bool:
    """Move a lead from the status it was read with to another, with history."""
    changed = await desk.tx.run(
        _SET_STATUS, of=lead.id, at_epoch=lead.epoch, was=lead.status.value, is_now=status.value, at=desk.now
    )
    if changed != 1:
        return False
    if lead.owner_id is not None and lead.status in HELD and status not in HELD:
        await counters.give(desk.tx, holding_key(lead.owner_id))
    await note(desk, lead, status, by=by, reason=reason, owner=owner)
    return True


async def convert(desk: Desk, lead: Lead, *, account_id: str, by: User) -> bool:
    """It became an opportunity: it no longer counts as held."""
    changed = await desk.tx.run(_CONVERT, of=lead.id, at_epoch=lead.epoch, to_account=account_id, at=desk.now)
    if changed != 1:
        return False
    if lead.owner_id is not None:
        await counters.give(desk.tx, holding_key(lead.owner_id))
    await note(desk, lead, LeadStatus.CONVERTED, by=by, reason="converted", owner=by)
    return True


async def note(
    desk: Desk, lead: Lead | Standing, after: LeadStatus, *, by: User, reason: str, owner: User | None
) -> None:
    """Add a row to the lead's history; team and region are the owner's of this moment."""
    row: dict[str, Any] = {
        "lead_id": lead.id,
        "before": lead.status.value,
        "after": after.value,
        "reason": reason,
        "by": by.id,
        "at": desk.now,
        "owner_id": owner.id if owner else None,
        "team": owner.team if owner else "",
        "region": owner.region if owner else lead.region,
    }
    await desk.tx.insert(status_changes, row)
    told = {"id": lead.id, **{key: row[key] for key in ("before", "after", "reason", "by")}}
    await webhooks.tell(desk, "lead.status_changed", told, lead_id=lead.id)
