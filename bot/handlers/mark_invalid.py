"""Mark invalid (无效): the owner, or who leads its region, says that a lead is worthless, and why."""

from __future__ import annotations

from bot.assignment.access import face_of, held
from bot.assignment.release import invalidate
from bot.cards import lead_gone, lead_reason
from bot.cards.texts import refusals
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.commands import MarkInvalid
from bot.crm.pool import HELD, WAITING
from bot.handlers import Scope
from bot.store import subjects

router: Router[Scope] = Router()


@router.on(MarkInvalid)
async def on_mark_invalid(command: MarkInvalid, scope: Scope) -> Reply:
    """Ask for a reason, then close the lead."""
    desk, actor = scope.desk, scope.actor
    found = await held(desk, command.lead_id)
    if found is None:
        return Reply(card=lead_gone.missing())
    lead = found.lead
    may = found.is_of(actor) or found.is_under(actor)
    if not may:
        await subjects.refused(desk, actor, action="invalidate", of=lead.topic)
    if not may or lead.status not in HELD | WAITING:
        return Reply(card=await face_of(desk, lead.id, actor), topic=lead.topic)
    reason, reasons = scope.chosen(lead_reason.KEY) or command.reason, desk.company.reasons.invalid
    if reason not in reasons:
        note = lead_reason.note(reason)
        asking = lead_reason.card(lead, lead_reason.Asked.INVALID, reasons, note=note)
        return Reply(card=asking, topic=lead.topic)
    closed = await invalidate(desk, lead, by=actor, owner=found.owner, reason=reason)
    note = refusals.TOO_LATE if closed is None else ""
    return Reply(card=await face_of(desk, lead.id, actor, note=note), topic=lead.topic)
