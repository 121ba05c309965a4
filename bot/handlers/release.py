"""Release (退回): the owner gives a lead back to its pool, with a reason from the list."""

from __future__ import annotations

from bot.assignment.access import face_of, held
from bot.assignment.release import release
from bot.cards import lead_gone, lead_reason
from bot.cards.texts import refusals
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import ReleaseLead
from bot.crm.pool import HELD, terms_of
from bot.handlers import Scope
from bot.store import subjects

router: Router[Scope] = Router()


@router.on(ReleaseLead)
async def on_release(command: ReleaseLead, scope: Scope) -> Reply:
    """Ask for a reason, then give the lead back."""
    desk, actor = scope.desk, scope.actor
    found = await held(desk, command.lead_id)
    if found is None:
        return Reply(card=lead_gone.missing())
    lead = found.lead
    if not found.is_of(actor):
        await subjects.refused(desk, actor, action="release", of=lead.topic)
    if not found.is_of(actor) or lead.status not in HELD:
        return Reply(card=await face_of(desk, lead.id, actor), topic=lead.topic)
    reason, reasons = scope.chosen(lead_reason.KEY) or command.reason, desk.company.reasons.returned
    if reason not in reasons:
        note = lead_reason.note(reason)
        days = terms_of(desk.company, lead.pool_id).cool_down_days
        asking = lead_reason.card(lead, lead_reason.Asked.RELEASE, reasons, days=days, note=note)
        return Reply(card=asking, topic=lead.topic)
    back = await release(desk, lead, owner=actor, reason=reason)
    note = refusals.TOO_LATE if back is None else ""
    return Reply(card=await face_of(desk, lead.id, actor, note=note), topic=lead.topic)
