"""Giving a lead to somebody else: by its owner (转交), or by whoever leads its region (改派)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from bot.assignment.assign import PassedOn, assign, pass_on
from bot.cards.texts import assignment as texts
from bot.crm.lead import Lead, LeadStatus
from bot.crm.pool import HELD, WAITING, may_oversee
from bot.crm.user import Role, User
from bot.store import decisions, users
from bot.store.decisions import Decision
from bot.store.desk import Desk

_TAKERS = frozenset({Role.REP, Role.MANAGER, Role.DIRECTOR, Role.EXECUTIVE})
_OPEN = WAITING | HELD | {LeadStatus.CONVERTED}


class Obstacle(enum.Enum):
    """Why it cannot be given to the one who was named."""

    NOBODY = "nobody"
    SEVERAL = "several"
    IS_OWNER = "is_owner"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Unclear:
    """It was not said well enough to whom; `among` are those who were meant, if several."""

    obstacle: Obstacle
    among: tuple[User, ...] = ()


def may_reassign(actor: User, lead: Lead, owner: User | None) -> bool:
    """Its owner may hand it over, and whoever leads its region may give it to somebody."""
    return actor.active and (lead.owner_id == actor.id or may_oversee(actor, lead, owner))


def is_open(lead: Lead) -> bool:
    """Whether somebody can be given it: it waits, is worked on, or became an opportunity."""
    return lead.status in _OPEN


async def candidates(desk: Desk, lead: Lead, owner: User | None) -> tuple[User, ...]:
    """Reps of its region, or of all if it has none; those on duty first."""
    region = lead.region or (owner.region if owner else "")
    found = await users.reps(desk.tx, regions=(region,)) if region else []
    found = found or await users.reps(desk.tx)
    others = [one for one in found if one.id != lead.owner_id]
    return tuple(sorted(others, key=lambda one: (not one.takes_leads(desk.now), one.id)))


async def named(desk: Desk, lead: Lead, to: str) -> User | Unclear:
    """Whom `to` means: a user id, or a name that one active colleague has."""
    found = await taker(desk, to)
    if isinstance(found, Unclear):
        return found
    return Unclear(Obstacle.IS_OWNER) if found.id == lead.owner_id else found


async def taker(desk: Desk, to: str) -> User | Unclear:
    """The colleague who can work on leads and whom `to` means, whatever lead it is."""
    by_id = await users.find(desk.tx, to)
    found = [by_id] if by_id is not None and by_id.active else await users.named(desk.tx, to)
    found = [one for one in found if one.role in _TAKERS]
    if not found:
        return Unclear(Obstacle.NOBODY)
    return Unclear(Obstacle.SEVERAL, tuple(found)) if len(found) > 1 else found[0]


async def reassign(
    desk: Desk, lead: Lead, *, to: User, by: User, why: str = "", is_told: bool = True
) -> PassedOn | Unclear | None:
    """Give it to `to`, who is told; the one who had it reads by whom. None if it changed meanwhile."""
    if lead.status not in _OPEN:
        return Unclear(Obstacle.CLOSED)
    if lead.owner_id == to.id:
        return Unclear(Obstacle.IS_OWNER)
    await decisions.note(desk, Decision(
        lead_id=lead.id, epoch=lead.epoch, mode="hand", pool_id=lead.pool_id or "", chosen=to.id,
        inputs={"by": by.id, "why": why},
    ))  # fmt: skip
    is_own = lead.owner_id == by.id
    note = (texts.HANDED_BY if is_own else texts.YOURS_BY).format(by=by.name)
    note = texts.WHY.format(said=note, why=why) if why else note
    if lead.owner_id is None:
        reason = (texts.REASON_BY_WHY if why else texts.REASON_BY).format(by=by.name, why=why)
        given = await assign(desk, lead, to=to, by=by, reason=reason, note=note, is_told=is_told)
        return None if given is None else PassedOn(given)
    how = "transferred" if is_own else "reassigned"
    return await pass_on(desk, lead, to=to, by=by, how=how, reason=why, note=note, is_told=is_told)
