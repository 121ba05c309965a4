"""Sales answers marketing (接受, 退回市场): by the owner of a lead that was handed over, or who leads him."""

from __future__ import annotations

from bot.assignment import verdict
from bot.assignment.access import Held, face_of, held
from bot.cards import lead_gone, lead_reason
from bot.cards.texts import qualification as texts
from bot.cards.texts import refusals
from bot.chat.outbound import Reply
from bot.chat.router import Router
from bot.crm.marketing_commands import AcceptLead, RejectLead
from bot.crm.pool import HELD
from bot.handlers import Scope
from bot.store import subjects

router: Router[Scope] = Router()


@router.on(AcceptLead)
async def on_accept_lead(command: AcceptLead, scope: Scope) -> Reply:
    """Say that it is a good one; below the SQL line that makes it one by hand."""
    found = await held(scope.desk, command.lead_id)
    if found is None:
        return Reply(card=lead_gone.missing())
    refused = await _refused(found, scope, action="accept")
    if refused is not None:
        return refused
    is_new = await verdict.accept(scope.desk, found.lead, by=scope.actor, owner=found.owner)
    return await _face(found, scope, texts.ACCEPTED if is_new else texts.ACCEPTED_BEFORE)


@router.on(RejectLead)
async def on_reject_lead(command: RejectLead, scope: Scope) -> Reply:
    """Ask for a reason, then send it back to be nurtured on."""
    desk = scope.desk
    found = await held(desk, command.lead_id)
    if found is None:
        return Reply(card=lead_gone.missing())
    refused = await _refused(found, scope, action="reject")
    if refused is not None:
        return refused
    lead, owner = found.lead, found.owner
    if owner is None or not lead.is_sales_qualified:
        return await _face(found, scope, texts.NOT_HANDED_OVER)
    reason, reasons = scope.chosen(lead_reason.KEY) or command.reason, desk.company.reasons.rejected
    if reason not in reasons:
        asking = lead_reason.card(lead, lead_reason.Asked.REJECT, reasons, note=lead_reason.note(reason))
        return Reply(card=asking, topic=lead.topic)
    back = await verdict.reject(desk, lead, by=scope.actor, owner=owner, reason=reason)
    points = desk.company.scoring.again_after
    done = texts.REJECTED.format(reason=reason, points=points)
    return await _face(found, scope, refusals.TOO_LATE if back is None else done)


async def _refused(found: Held, scope: Scope, *, action: str) -> Reply | None:
    actor, lead = scope.actor, found.lead
    may = found.is_of(actor) or found.is_under(actor)
    if not may:
        await subjects.refused(scope.desk, actor, action=action, of=lead.topic)
    if may and lead.owner_id is not None and lead.status in HELD:
        return None
    return await _face(found, scope, "")


async def _face(found: Held, scope: Scope, note: str) -> Reply:
    card = await face_of(scope.desk, found.lead.id, scope.actor, note=note)
    return Reply(card=card, topic=found.lead.topic)
