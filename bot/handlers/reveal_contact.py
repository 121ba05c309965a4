"""Reveal contact (看电话): the owner gets phone and e-mail, alone with us; each look leaves a row."""

from __future__ import annotations

from bot.assignment.access import face_of, held
from bot.assignment.sheet import lead_sheet
from bot.cards import lead_gone, lead_owned
from bot.cards.texts import refusals
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import RevealContact
from bot.crm.lead import Lead, LeadStatus
from bot.crm.user import User
from bot.handlers import Scope
from bot.store import audit, leads

router: Router[Scope] = Router()


@router.on(RevealContact)
async def on_reveal_contact(command: RevealContact, scope: Scope) -> Reply:
    """Show the number to the lead's owner; anybody else sees what he may see, and leaves a row too."""
    found = await held(scope.desk, command.lead_id)
    if found is None:
        return Reply(card=lead_gone.missing())
    lead = found.lead
    if not found.is_of(scope.actor) or lead.status is LeadStatus.INVALID:
        await _refused(scope, lead, "not_owner")
        return Reply(card=await face_of(scope.desk, lead.id, scope.actor), topic=lead.topic)
    if not scope.is_private:
        await _refused(scope, lead, "not_private")
        return Reply(text=refusals.ONLY_IN_PRIVATE)
    return await _reveal(scope, lead, found.owner)


async def _reveal(scope: Scope, lead: Lead, owner: User | None) -> Reply:
    desk = scope.desk
    contact = await leads.reveal(desk, lead.id)
    await audit.note(desk, actor=scope.actor.id, action="contact.revealed", of=lead.topic)
    phone, email = contact.phone.reveal(), contact.email.reveal()
    note = "" if phone or email else refusals.NO_CONTACT
    card = lead_owned.card(await lead_sheet(desk, lead, owner), phone=phone, email=email, note=note)
    return Reply(card=card, topic=lead.topic)


async def _refused(scope: Scope, lead: Lead, reason: str) -> None:
    actor = scope.actor.id
    await audit.note(scope.desk, actor=actor, action="contact.refused", of=lead.topic, reason=reason)
