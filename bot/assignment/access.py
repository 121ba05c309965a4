"""What somebody may do with a lead: everything, something, or not even know of it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.assignment.faces import lead_face
from bot.cards import lead_gone
from bot.chat.card import Card
from bot.crm.lead import Lead
from bot.crm.pool import may_oversee
from bot.crm.user import User
from bot.store import leads, users
from bot.store.desk import Desk


@dataclass(frozen=True, slots=True)
class Held:
    """A lead and the colleague whose it is."""

    lead: Lead
    owner: User | None

    def is_of(self, viewer: User) -> bool:
        """Whether he owns it and is still here."""
        return viewer.active and self.lead.owner_id == viewer.id

    def is_under(self, viewer: User) -> bool:
        """Whether it is a lead of his people."""
        return may_oversee(viewer, self.lead, self.owner)


async def held(desk: Desk, lead_id: str) -> Held | None:
    """The lead, or the one it was merged into, and its owner; None if there is none, or he was erased."""
    lead = await leads.find(desk.tx, lead_id)
    if lead is not None and lead.merged_into is not None:
        lead = await leads.find(desk.tx, lead.merged_into)
    if lead is None or lead.is_erased:
        return None
    owner = await users.find(desk.tx, lead.owner_id) if lead.owner_id else None
    return Held(lead, owner)


async def face_of(desk: Desk, lead_id: str, viewer: User, *, note: str = "") -> Card:
    """The card that he gets of this lead as it stands, whatever he asked for."""
    found = await held(desk, lead_id)
    if found is None:
        return lead_gone.missing()
    if found.lead.id != lead_id:
        note = note or lead_gone.MERGED.format(lead_id=lead_id, into=found.lead.id)
    return await lead_face(desk, found.lead, viewer, note=note)
