"""Whom a journey means by a word: the owner, who leads him, everybody of a role."""

from __future__ import annotations

from bot.crm.lead import Lead
from bot.crm.user import Role, User
from bot.store import users
from bot.store.desk import Desk

OWNER = "owner"
_ROLES = {"marketer": Role.MARKETER, "admin": Role.ADMIN}


async def whom(desk: Desk, word: str, lead: Lead) -> list[User]:
    """These; where there is none, who leads him or the company; nobody stands in for marketing and admins."""
    if word in _ROLES:
        return await of_role(desk, _ROLES[word])
    if word == "director":
        return await of_role(desk, Role.DIRECTOR) or await users.executives(desk.tx)
    if word == "executive":
        return await users.executives(desk.tx)
    owner = await users.find(desk.tx, lead.owner_id) if lead.owner_id and word == OWNER else None
    if owner is not None and owner.active:
        return [owner]
    return await users.above(desk.tx, lead.region)


async def of_role(desk: Desk, role: Role) -> list[User]:
    """Everybody of a role who is here."""
    return [one for one in await users.active(desk.tx) if one.role is role]


async def keepers(desk: Desk) -> list[User]:
    """Those who keep the system and those who keep the journeys; the company's heads where there are none."""
    named = desk.company.org.also_admins
    keeping = [
        one
        for one in await users.active(desk.tx)
        if one.role in {Role.ADMIN, Role.MARKETER} or one.id in named
    ]
    return keeping or await users.executives(desk.tx)
