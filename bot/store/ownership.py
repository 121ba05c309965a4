"""Whose a lead is: every change of owner is one conditional UPDATE, with its history beside it.

A change names the epoch it was decided under; if the owner changed meanwhile nothing happens and
the answer is False. The holding counter of an owner is kept here, so that nobody forgets it.
"""

from __future__ import annotations

from sqlalchemy import bindparam, select, update

from bot.crm.lead import Lead, LeadStatus
from bot.crm.pool import HELD, WAITING, Standing
from bot.crm.user import User
from bot.store import counters, lead_status, tenures
from bot.store.claims import holding_key
from bot.store.desk import Desk
from bot.store.tables.leads import leads
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
#: A lead that was merged away keeps its epoch, for the day on which it is taken apart; nobody changes it.
_of_this = (
    leads.c.id == bindparam("of"),
    leads.c.epoch == bindparam("at_epoch"),
    leads.c.merged_into.is_(None),
)
_TAKE = (
    update(leads)
    .where(*_of_this, leads.c.owner_id.is_(None), leads.c.status.in_(_WAITING))
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
    # Becoming an opportunity leaves the epoch as it is.
    .where(*_of_this, leads.c.owner_id == bindparam("from_user"), leads.c.status == bindparam("was"))
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
_ASK_ANEW = _WAIT_ANEW.where(leads.c.owner_id.is_(None)).values(epoch=leads.c.epoch + 1)


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
    await tenures.begin(desk, lead, to, how=how, by=by, reason=reason)
    await lead_status.note(desk, lead, LeadStatus.ASSIGNED, by=by, reason=reason or how, owner=to)
    return True


async def pass_on(desk: Desk, lead: Lead, *, to: User, how: str, by: User, reason: str) -> bool:
    """Make somebody else the owner: `how` is transferred (by the owner) or reassigned (over his head)."""
    status = LeadStatus.CONVERTED if lead.status is LeadStatus.CONVERTED else LeadStatus.ASSIGNED
    changed = await desk.tx.run(
        _PASS_ON, of=lead.id, at_epoch=lead.epoch, from_user=lead.owner_id, to_user=to.id,
        was=lead.status.value, is_now=status.value, at=desk.now,
    )  # fmt: skip
    if changed != 1:
        return False
    # In one order, so that two exchanges between the same two people cannot block each other.
    steps = {to.id: True, lead.owner_id or "": False}
    for user_id in sorted(steps):
        await _count_held(desk, lead, user_id, taken=steps[user_id], after=status)
    await tenures.end(desk, lead, how=how, by=by, reason=reason)
    began = "transferred" if how == "transferred" else "assigned"
    await tenures.begin(desk, lead, to, how=began, by=by, reason=reason)
    if status is not lead.status:
        await lead_status.note(desk, lead, status, by=by, reason=reason, owner=to)
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
    await tenures.end(desk, lead, how=how, by=by, reason=reason)
    await lead_status.note(desk, lead, LeadStatus.RECYCLED, by=by, reason=reason, owner=owner)
    return True


async def disown(desk: Desk, lead: Lead, *, owner: User, by: User, reason: str) -> bool:
    """Leave a lead that became an opportunity without an owner: he is gone and nobody stands above him."""
    if await desk.tx.run(_DISOWN, of=lead.id, at_epoch=lead.epoch, from_user=owner.id, at=desk.now) != 1:
        return False
    await tenures.end(desk, lead, how="left", by=by, reason=reason)
    return True


async def into_pool(desk: Desk, lead: Lead, *, pool_id: str, region: str) -> bool:
    """Say in which pool a lead without an owner lies."""
    return await desk.tx.run(_INTO_POOL, of=lead.id, to_pool=pool_id, of_region=region, at=desk.now) == 1


async def wait_anew(desk: Desk, lead: Lead) -> None:
    """The customer wrote again: the first-response clock starts from now.

    A lead without an owner gets a new epoch besides, so that it can be offered from the beginning.
    """
    statement = _WAIT_ANEW if lead.owner_id else _ASK_ANEW
    await desk.tx.run(statement, of=lead.id, at=desk.now)
