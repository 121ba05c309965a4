"""Giving a lead to somebody else: by its owner (转交), or by whoever leads its region (改派)."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from bot.assignment.assign import PassedOn, assign, pass_on
from bot.cards.texts import assignment as texts
from bot.crm.lead import Lead, LeadStatus
from bot.crm.pool import HELD, WAITING, may_oversee
from bot.crm.user import Role, User
from bot.store import users
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


async def candidates(desk: Desk, lead: Lead, owner: User | None) -> tuple[User, ...]:
    """Reps of its region, or of all if it has none; those on duty first."""
    region = lead.region or (owner.region if owner else "")
    found = await users.reps(desk.tx, regions=(region,)) if region else []
    found = found or await users.reps(desk.tx)
    others = [one for one in found if one.id != lead.owner_id]
    return tuple(sorted(others, key=lambda one: (not one.takes_leads(desk.now), one.id)))


async def named(desk: Desk, lead: Lead, to: str) -> User | Unclear:
    """Whom `to` means: a user id, or a name that one active colleague has."""
    by_id = await users.find(desk.tx, to)
    found = [by_id] if by_id is not None and by_id.active else await users.named(desk.tx, to)
    found = [one for one in found if one.role in _TAKERS]
    if not found:
        return Unclear(Obstacle.NOBODY)
    if len(found) > 1:
        return Unclear(Obstacle.SEVERAL, tuple(found))
    return Unclear(Obstacle.IS_OWNER) if found[0].id == lead.owner_id else found[0]


async def reassign(desk: Desk, lead: Lead, *, to: User, by: User, why: str = "") -> PassedOn | Unclear | None:
    """Give it to `to`, who is told; the one who had it reads by whom. None if it changed meanwhile."""
    if lead.status not in _OPEN:
        return Unclear(Obstacle.CLOSED)
    is_own = lead.owner_id == by.id
    note = (texts.HANDED_BY if is_own else texts.YOURS_BY).format(by=by.name)
    note = texts.WHY.format(said=note, why=why) if why else note
    if lead.owner_id is None:
        reason = (texts.REASON_BY_WHY if why else texts.REASON_BY).format(by=by.name, why=why)
        given = await assign(desk, lead, to=to, by=by, reason=reason, note=note)
        return None if given is None else PassedOn(given)
    how = "transferred" if is_own else "reassigned"
    return await pass_on(desk, lead, to=to, by=by, how=how, reason=why, note=note)
