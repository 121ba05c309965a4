"""Claiming (领取): whoever taps first gets the lead, within the terms of its pool.

One conditional UPDATE decides. Caps are taken before it and given back if it fails, in the same
transaction, so that nobody is above one at any instant. Each try leaves a row in the ledger.
A pool may collect taps for some seconds instead, and choose by a rule: see `reveal`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog

from bot.assignment import faces, first_task, protect, respond
from bot.assignment.terms import cooling_since
from bot.crm.assigning_signals import RevealLead
from bot.crm.lead import Lead
from bot.crm.pool import WAITING, Refusal, Standing, may_enter, pool_of, refusal_by_terms, terms_of
from bot.crm.user import User
from bot.store import claims, counters, decisions, leads, offers, ownership, reveal_taps, tenures, timers
from bot.store.decisions import Decision
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


@dataclass(frozen=True, slots=True)
class Registered:
    """His tap counts, and what comes of it he hears in some seconds."""

    lead: Standing
    seconds: int


async def claim(desk: Desk, lead_id: str, *, by: User) -> Claimed | Refused | Registered:
    """Give the lead to `by`, or say why not. A second tap of its owner changes nothing."""
    return await _try(desk, lead_id, by=by, is_revealed=False)


async def take(desk: Desk, lead_id: str, *, by: User) -> Claimed | Refused:
    """As `claim`, for whoever was chosen among those who tapped: it is his now, or never."""
    outcome = await _try(desk, lead_id, by=by, is_revealed=True)
    return Refused(Refusal.GONE) if isinstance(outcome, Registered) else outcome


async def _try(desk: Desk, lead_id: str, *, by: User, is_revealed: bool) -> Claimed | Refused | Registered:
    for _ in range(_LOOKS):
        lead = await ownership.standing(desk.tx, lead_id)
        if lead is None:
            return Refused(Refusal.GONE)
        if lead.owner_id == by.id:
            return Claimed(await leads.get(desk.tx, lead_id), is_new=False)
        refused = await _refusal(desk, lead, by)
        seconds = terms_of(desk.company, lead.pool_id).reveal_seconds
        if refused is None and seconds and not is_revealed:
            # While a winner is chosen no tap is counted in: nobody would ever hear of it.
            locked = await leads.lock(desk.tx, lead.id)
            if locked.epoch != lead.epoch or locked.merged_into is not None:
                continue
            return await _collect(desk, lead, by, seconds)
        refused = refused or await _count(desk, lead, by)
        if refused is not None:
            await _note(desk, lead, by, refused.why)
            return refused
        if await _take(desk, lead, by):
            await _note(desk, lead, by, None)
            return await _won(desk, lead, by, mode="reveal" if is_revealed else "claim")
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
    return None if why is None else Refused(why, lead)


async def _collect(desk: Desk, lead: Standing, by: User, seconds: int) -> Refused | Registered:
    """Remember the tap; the first one sets the time at which one of them is chosen."""
    pool_id, terms = pool_of(desk.company, lead.pool_id).id, terms_of(desk.company, lead.pool_id)
    daily = claims.daily_key(desk, user_id=by.id, pool_id=pool_id)
    if await counters.read(desk.tx, daily) >= terms.daily_claims:
        return Refused(Refusal.CAPPED_DAY, lead, terms.daily_claims)
    if await counters.read(desk.tx, claims.holding_key(by.id)) >= terms.holding:
        return Refused(Refusal.CAPPED_HOLDING, lead, terms.holding)
    is_first = not await reveal_taps.waiting(desk.tx, lead.id, lead.epoch)
    is_new = await reveal_taps.note(desk, lead_id=lead.id, epoch=lead.epoch, user_id=by.id)
    if is_first and is_new:
        await timers.set_timer(
            desk, lane_key=f"lead:{lead.id}", command=RevealLead(lead.id, str(lead.epoch)), key="reveal",
            due_at=desk.now + timedelta(seconds=seconds),
        )  # fmt: skip
    _log.info("lead.tap_registered", lead=lead.id, user=by.id, epoch=lead.epoch)
    return Registered(lead, seconds)


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


async def _won(desk: Desk, before: Standing, by: User, *, mode: str) -> Claimed:
    lead = await leads.get(desk.tx, before.id)
    await respond.start(desk, lead)
    await protect.begin(desk, lead)
    if mode == "claim":
        terms = terms_of(desk.company, before.pool_id)
        await decisions.note(desk, Decision(
            lead_id=lead.id, epoch=before.epoch, mode=mode, pool_id=before.pool_id or "", chosen=by.id,
            inputs={"daily_claims": terms.daily_claims, "holding": terms.holding},
        ))  # fmt: skip
    await first_task.create(desk, lead, by)
    await faces.redraw(desk, lead)
    _log.info("lead.claimed", lead=lead.id, user=by.id, epoch=lead.epoch)
    return Claimed(lead, is_new=True)
