"""Whose a lead is: every change of owner is one conditional UPDATE, with its history beside it.

A change names the epoch it was decided under; if the owner changed meanwhile nothing happens and
the answer is False. The holding counter of an owner is kept here, so that nobody forgets it.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select, update

from bot.crm.lead import Lead, LeadStatus
from bot.crm.pool import HELD, WAITING, Standing
from bot.crm.user import SYSTEM, User
from bot.store import counters
from bot.store.claims import holding_key
from bot.store.desk import Desk
from bot.store.tables.leads import leads, status_changes, tenures
from bot.store.tables.people import users
from bot.store.tx import Tx

_WAITING = sorted(WAITING)
_HELD = sorted(HELD)

_STANDING = (
    select(
        leads.c.id, leads.c.name, leads.c.company, leads.c.status, leads.c.region, leads.c.pool_id,
        leads.c.owner_id, users.c.name.label("owner_name"), leads.c.owned_at, leads.c.epoch,
        leads.c.previous_owner_id, leads.c.created_at,
    )
    .outerjoin(users, users.c.id == leads.c.owner_id)
    .where(leads.c.id == bindparam("of"), leads.c.merged_into.is_(None))
)  # fmt: skip
_of_this = (leads.c.id == bindparam("of"), leads.c.epoch == bindparam("at_epoch"))
_TAKE = (
    update(leads)
    .where(*_of_this, leads.c.owner_id.is_(None), leads.c.status.in_(_WAITING), leads.c.merged_into.is_(None))
    .values(
        owner_id=bindparam("to_user"),
        epoch=leads.c.epoch + 1,
        status=LeadStatus.ASSIGNED.value,
        owned_at=bindparam("at"),
        changed_at=bindparam("at"),
    )
)
_PASS_ON = (
    update(leads)
    .where(*_of_this, leads.c.owner_id == bindparam("from_user"))
    .values(
        owner_id=bindparam("to_user"),
        previous_owner_id=leads.c.owner_id,
        epoch=leads.c.epoch + 1,
        status=bindparam("is_now"),
        invalid_reason=None,
        owned_at=bindparam("at"),
        changed_at=bindparam("at"),
    )
)
_GIVE_BACK = (
    update(leads)
    .where(*_of_this, leads.c.owner_id == bindparam("from_user"), leads.c.status.in_(_HELD))
    .values(
        owner_id=None,
        previous_owner_id=leads.c.owner_id,
        epoch=leads.c.epoch + 1,
        status=LeadStatus.RECYCLED.value,
        owned_at=None,
        released_at=bindparam("at"),
        pool_id=bindparam("to_pool"),
        changed_at=bindparam("at"),
    )
)
_DISOWN = (
    update(leads)
    .where(*_of_this, leads.c.owner_id == bindparam("from_user"))
    .values(
        owner_id=None,
        previous_owner_id=leads.c.owner_id,
        epoch=leads.c.epoch + 1,
        owned_at=None,
        changed_at=bindparam("at"),
    )
)
_INVALIDATE = (
    update(leads)
    .where(*_of_this, leads.c.status.in_([*_WAITING, *_HELD]))
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
    .where(*_of_this, leads.c.status.in_(_HELD))
    .values(
        status=LeadStatus.CONVERTED.value,
        account_id=bindparam("to_account"),
        converted_at=bindparam("at"),
        changed_at=bindparam("at"),
    )
)
_INTO_POOL = (
    update(leads)
    .where(leads.c.id == bindparam("of"), leads.c.owner_id.is_(None))
    .values(pool_id=bindparam("to_pool"), region=bindparam("of_region"), changed_at=bindparam("at"))
)
_WAIT_ANEW = (
    update(leads)
    .where(leads.c.id == bindparam("of"))
    .values(waiting_since=bindparam("at"), changed_at=bindparam("at"))
)
_END_TENURE = (
    update(tenures)
    .where(tenures.c.lead_id == bindparam("of"), tenures.c.epoch == bindparam("at_epoch"))
    .values(
        to_at=bindparam("at"), ended_how=bindparam("how_ended"),
        ended_by=bindparam("by_user"), ended_reason=bindparam("why"),
    )
)  # fmt: skip


async def standing(tx: Tx, lead_id: str) -> Standing | None:
    """Where a lead stands, by one small query; None if there is none or it was merged away."""
    row = await tx.first(_STANDING, of=lead_id)
    if row is None:
        return None
    return Standing(
        row.id, row.name, row.company, LeadStatus(row.status), row.region, row.pool_id, row.owner_id,
        row.owner_name or row.owner_id or "", row.owned_at, row.epoch, row.previous_owner_id, row.created_at,
    )  # fmt: skip


async def take(
    desk: Desk,
    lead: Lead | Standing,
    *,
    to: User,
    how: str,
    by: User,
    reason: str = "",
    is_counted: bool = False,
) -> bool:
    """Make somebody the owner of a lead that waits for one.

    `how` is claimed, assigned or created. Two taps in one instant cannot both win: the second
    finds another epoch. `is_counted`: the caller has taken the place in the holding counter.
    """
    if await desk.tx.run(_TAKE, of=lead.id, at_epoch=lead.epoch, to_user=to.id, at=desk.now) != 1:
        return False
    if not is_counted:
        await counters.take(desk.tx, holding_key(to.id), cap=None)
    await _begin_tenure(desk, lead, to, how=how, by=by, reason=reason)
    await _note_status(desk, lead, LeadStatus.ASSIGNED, by=by, reason=reason or how, owner=to)
    return True


async def pass_on(desk: Desk, lead: Lead, *, to: User, how: str, by: User, reason: str) -> bool:
    """Make somebody else the owner: `how` is transferred (by the owner) or reassigned (over his head)."""
    status = LeadStatus.CONVERTED if lead.status is LeadStatus.CONVERTED else LeadStatus.ASSIGNED
    changed = await desk.tx.run(
        _PASS_ON, of=lead.id, at_epoch=lead.epoch, from_user=lead.owner_id, to_user=to.id,
        is_now=status.value, at=desk.now,
    )  # fmt: skip
    if changed != 1:
        return False
    # In one order, so that two exchanges between the same two people cannot block each other.
    steps = {to.id: True, lead.owner_id or "": False}
    for user_id in sorted(steps):
        await _count_held(desk, lead, user_id, taken=steps[user_id], after=status)
    await _end_tenure(desk, lead, how=how, by=by, reason=reason)
    began = "transferred" if how == "transferred" else "assigned"
    await _begin_tenure(desk, lead, to, how=began, by=by, reason=reason)
    if status is not lead.status:
        await _note_status(desk, lead, status, by=by, reason=reason, owner=to)
    return True


async def _count_held(desk: Desk, lead: Lead, user_id: str, *, taken: bool, after: LeadStatus) -> None:
    if taken and after in HELD:
        await counters.take(desk.tx, holding_key(user_id), cap=None)
    if not taken and lead.status in HELD:
        await counters.give(desk.tx, holding_key(user_id))


async def give_back(
    desk: Desk, lead: Lead, *, pool_id: str, how: str, by: User, owner: User, reason: str
) -> bool:
    """Put an owned lead back into a pool: `how` is released, recycled or left."""
    changed = await desk.tx.run(
        _GIVE_BACK, of=lead.id, at_epoch=lead.epoch, from_user=owner.id, to_pool=pool_id, at=desk.now
    )
    if changed != 1:
        return False
    await counters.give(desk.tx, holding_key(owner.id))
    await _end_tenure(desk, lead, how=how, by=by, reason=reason)
    await _note_status(desk, lead, LeadStatus.RECYCLED, by=by, reason=reason, owner=owner)
    return True


async def disown(desk: Desk, lead: Lead, *, owner: User, by: User, reason: str) -> bool:
    """Leave a lead that became an opportunity without an owner: he is gone and nobody stands above him."""
    if await desk.tx.run(_DISOWN, of=lead.id, at_epoch=lead.epoch, from_user=owner.id, at=desk.now) != 1:
        return False
    await _end_tenure(desk, lead, how="left", by=by, reason=reason)
    return True


async def invalidate(desk: Desk, lead: Lead, *, by: User, owner: User | None, reason: str) -> bool:
    """Mark a lead as worthless. It stays with its owner's name on it, but no longer counts as held."""
    if await desk.tx.run(_INVALIDATE, of=lead.id, at_epoch=lead.epoch, why=reason, at=desk.now) != 1:
        return False
    if lead.owner_id is not None:
        await counters.give(desk.tx, holding_key(lead.owner_id))
        await _end_tenure(desk, lead, how="invalid", by=by, reason=reason)
    await _note_status(desk, lead, LeadStatus.INVALID, by=by, reason=reason, owner=owner)
    return True


async def reopen(desk: Desk, lead: Lead, *, pool_id: str, reason: str) -> bool:
    """Put an invalid lead back into a pool: whoever writes to us again is not worthless."""
    if await desk.tx.run(_REOPEN, of=lead.id, at_epoch=lead.epoch, to_pool=pool_id, at=desk.now) != 1:
        return False
    await _note_status(desk, lead, LeadStatus.RECYCLED, by=SYSTEM, reason=reason, owner=None)
    return True


async def offered(desk: Desk, lead: Lead, *, reason: str) -> None:
    """A new lead was shown to people; one that came back stays marked as such."""
    if lead.status is LeadStatus.NEW:
        await set_status(desk, lead, LeadStatus.OFFERED, by=SYSTEM, owner=None, reason=reason)


async def set_status(
    desk: Desk, lead: Lead, status: LeadStatus, *, by: User, owner: User | None, reason: str
) -> bool:
    """Move a lead from the status it was read with to another one that counts the same."""
    changed = await desk.tx.run(
        _SET_STATUS, of=lead.id, at_epoch=lead.epoch, was=lead.status.value, is_now=status.value, at=desk.now
    )
    if changed == 1:
        await _note_status(desk, lead, status, by=by, reason=reason, owner=owner)
    return changed == 1


async def begin_work(desk: Desk, lead: Lead, *, by: User) -> bool:
    """The owner followed up for the first time."""
    if lead.status is not LeadStatus.ASSIGNED:
        return False
    return await set_status(desk, lead, LeadStatus.WORKING, by=by, owner=by, reason="followed_up")


async def convert(desk: Desk, lead: Lead, *, account_id: str, by: User) -> bool:
    """It became an opportunity: it no longer counts as held."""
    changed = await desk.tx.run(_CONVERT, of=lead.id, at_epoch=lead.epoch, to_account=account_id, at=desk.now)
    if changed != 1:
        return False
    if lead.owner_id is not None:
        await counters.give(desk.tx, holding_key(lead.owner_id))
    await _note_status(desk, lead, LeadStatus.CONVERTED, by=by, reason="converted", owner=by)
    return True


async def into_pool(desk: Desk, lead: Lead, *, pool_id: str, region: str) -> bool:
    """Say in which pool a lead without an owner lies."""
    return await desk.tx.run(_INTO_POOL, of=lead.id, to_pool=pool_id, of_region=region, at=desk.now) == 1


async def wait_anew(desk: Desk, lead: Lead) -> None:
    """The customer wrote again: the first-response clock starts from now."""
    await desk.tx.run(_WAIT_ANEW, of=lead.id, at=desk.now)


async def _begin_tenure(
    desk: Desk, lead: Lead | Standing, to: User, *, how: str, by: User, reason: str
) -> None:
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


async def _end_tenure(desk: Desk, lead: Lead, *, how: str, by: User, reason: str) -> None:
    await desk.tx.run(
        _END_TENURE, of=lead.id, at_epoch=lead.epoch, at=desk.now, how_ended=how, by_user=by.id, why=reason
    )


async def _note_status(
    desk: Desk, lead: Lead | Standing, after: LeadStatus, *, by: User, reason: str, owner: User | None
) -> None:
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
