"""Contact way (加微码): the owner gets the QR code by which his customer adds him on WeChat."""

from __future__ import annotations

from bot.assignment.access import face_of, held
from bot.cards import lead_gone
from bot.cards.texts import contact_way as texts
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import ShowContactWay
from bot.crm.lead import LeadStatus
from bot.handlers import Scope
from bot.intake.contact_way_shown import Asked, show
from bot.store import leads, subjects

router: Router[Scope] = Router()
#: A picture brings its own caption.
_SAID = {
    Asked.SHOWN: "",
    Asked.COMING: texts.COMING,
    Asked.ALREADY_ADDED: texts.ALREADY,
    Asked.NOT_ABLE: texts.NOT_ABLE,
}


@router.on(ShowContactWay)
async def on_show_contact_way(command: ShowContactWay, scope: Scope) -> Reply:
    """Show it to the lead's owner, alone; anybody else sees what he may see of the lead."""
    desk, actor = scope.desk, scope.actor
    found = await held(desk, command.lead_id)
    if found is None:
        return Reply(card=lead_gone.missing())
    if not found.is_of(actor) or found.lead.status is LeadStatus.INVALID:
        await subjects.refused(desk, actor, action="contact_way", of=found.lead.topic)
        return Reply(card=await face_of(desk, found.lead.id, actor), topic=found.lead.topic)
    if not scope.is_private:
        return Reply(text=texts.ONLY_IN_PRIVATE)
    asked = await show(desk, await leads.lock(desk.tx, found.lead.id), actor)
    return Reply(text=_SAID[asked].format(lead_id=found.lead.id))
