"""Claiming (领取): whoever taps first gets the lead, within the terms of its pool.

One conditional UPDATE decides. Caps are taken before it and given back if it fails, in the same
transaction, so that nobody is above one at any instant. Each try leaves a row in the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass

import structlog

from bot.assignment import faces, first_task, respond
from bot.assignment.terms import cooling_since
from bot.crm.lead import Lead
from bot.crm.pool import WAITING, Refusal, Standing, may_enter, pool_of, refusal_by_terms, terms_of
from bot.crm.user import User
from bot.store import claims, counters, leads, offers, ownership, tenures
from bot.store.desk import Desk

#: How often a lead may change between our look and our step before we call it taken.
_LOOKS = 5

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Claimed:
    """It is his; `is_new` is false when it was his already."""

    lead: Lead
    is_new: bool


@dataclass(frozen=True, slots=True)
class Refused:
    """It is not, and why; `lead` is missing when he may not know of it."""

    why: Refusal
    lead: Standing | None = None
    #: The cap that was reached.
    cap: int = 0


async def claim(desk: Desk, lead_id: str, *, by: User) -> Claimed | Refused:
    """Give the lead to `by`, or say why not. A second tap of its owner changes nothing."""
    for _ in range(_LOOKS):
        lead = await ownership.standing(desk.tx, lead_id)
        if lead is None:
            return Refused(Refusal.GONE)
        if lead.owner_id == by.id:
            return Claimed(await leads.get(desk.tx, lead_id), is_new=False)
        refused = await _refusal(desk, lead, by)
        if refused is not None:
            await _note(desk, lead, by, refused.why)
            return refused
        if await _take(desk, lead, by):
            await _note(desk, lead, by, None)
            return await _won(desk, lead, by)
        # Another writer changed it between our look and our step, and has committed: look again.
    return Refused(Refusal.TAKEN)


async def _note(desk: Desk, lead: Standing, by: User, why: Refusal | None) -> None:
    pool_id = pool_of(desk.company, lead.pool_id).id
    await claims.note(desk, lead_id=lead.id, by=by, pool_id=pool_id, epoch=lead.epoch, refusal=why)


async def _refusal(desk: Desk, lead: Standing, by: User) -> Refused | None:
    """Everything that can be said without taking anything; the caps come last and are taken."""
    if not await _may_know(desk, lead, by):
        return Refused(Refusal.NOT_YOURS)
    if lead.owner_id is not None:
        return Refused(Refusal.TAKEN, lead)
    if lead.status not in WAITING:
        return Refused(Refusal.GONE, lead)
    terms = terms_of(desk.company, lead.pool_id)
    why = refusal_by_terms(terms, lead, by, desk.now)
    if why is None and lead.previous_owner_id is not None:
        cooling = await tenures.cooling(desk.tx, lead.id, after=cooling_since(desk, lead))
        why = Refusal.COOLING if by.id in cooling else None
    if why is not None:
        return Refused(why, lead)
    return await _count(desk, lead, by)


async def _may_know(desk: Desk, lead: Standing, by: User) -> bool:
    """Whether the lead lies in a pool of his, or was shown to him."""
    if not by.active:
        return False
    if may_enter(desk.company, by, lead.pool_id):
        return True
    return await offers.last_epoch(desk.tx, lead.id, by.id) is not None


async def _count(desk: Desk, lead: Standing, by: User) -> Refused | None:
    """Take a place under both caps, or none."""
    pool_id, terms = pool_of(desk.company, lead.pool_id).id, terms_of(desk.company, lead.pool_id)
    daily = claims.daily_key(desk, user_id=by.id, pool_id=pool_id)
    if not await counters.take(desk.tx, daily, cap=terms.daily_claims):
        return Refused(Refusal.CAPPED_DAY, lead, terms.daily_claims)
    if not await counters.take(desk.tx, claims.holding_key(by.id), cap=terms.holding):
        await counters.give(desk.tx, daily)
        return Refused(Refusal.CAPPED_HOLDING, lead, terms.holding)
    return None


async def _take(desk: Desk, lead: Standing, by: User) -> bool:
    if await ownership.take(desk, lead, to=by, how="claimed", by=by, is_counted=True):
        return True
    pool_id = pool_of(desk.company, lead.pool_id).id
    await counters.give(desk.tx, claims.daily_key(desk, user_id=by.id, pool_id=pool_id))
    await counters.give(desk.tx, claims.holding_key(by.id))
    return False


async def _won(desk: Desk, before: Standing, by: User) -> Claimed:
    lead = await leads.get(desk.tx, before.id)
    await respond.start(desk, lead)
    await first_task.create(desk, lead, by)
    await faces.redraw(desk, lead)
    _log.info("lead.claimed", lead=lead.id, user=by.id, epoch=lead.epoch)
    return Claimed(lead, is_new=True)
